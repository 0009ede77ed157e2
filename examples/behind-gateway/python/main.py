# The FastAPI backend, without a line of authentication: the gateway has decided already.
from urllib.parse import unquote

from fastapi import FastAPI, Header

app = FastAPI()


@app.get("/api/public")
def public():
    return {"message": "Public endpoint"}


@app.get("/api/private")
def private(x_auth_subject: str = Header()):
    return {"message": "Private endpoint", "user_id": unquote(x_auth_subject)}


@app.get("/api/admin")
def admin():
    return {"message": "Admin endpoint"}
