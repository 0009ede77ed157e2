// The same backend in Go, without a line of authentication: the gateway has decided already.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"os"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/public", func(w http.ResponseWriter, r *http.Request) {
		write(w, map[string]string{"message": "Public endpoint"})
	})
	mux.HandleFunc("/api/private", func(w http.ResponseWriter, r *http.Request) {
		user, err := url.PathUnescape(r.Header.Get("X-Auth-Subject"))
		if err != nil {
			http.Error(w, "bad identity", http.StatusInternalServerError)
			return
		}
		write(w, map[string]string{"message": "Private endpoint", "user_id": user})
	})
	mux.HandleFunc("/api/admin", func(w http.ResponseWriter, r *http.Request) {
		write(w, map[string]string{"message": "Admin endpoint"})
	})
	address := os.Getenv("LISTEN")
	if address == "" {
		address = "127.0.0.1:3000"
	}
	log.Fatal(http.ListenAndServe(address, mux))
}

func write(w http.ResponseWriter, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print(err)
	}
}
