module behind-gateway

go 1.19
