# FastAPI as recipes write it: PyJWT in a dependency. Most make a PyJWKClient for each request, which fetches the key set
# each time; this one keeps its client, and with it the keys.
import json

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

with open("setting.json") as file:
    setting = json.load(file)
keys = jwt.PyJWKClient(setting["jwksUri"])
bearer = HTTPBearer()
app = FastAPI()


def validate(credentials: HTTPAuthorizationCredentials = Depends(bearer)):
    token = credentials.credentials
    try:
        key = keys.get_signing_key_from_jwt(token).key
        return jwt.decode(
            token, key, algorithms=["RS256"], audience=setting["audience"], issuer=setting["issuer"]
        )
    except jwt.PyJWTError as error:
        raise HTTPException(status_code=401) from error


@app.get("/orders", dependencies=[Depends(validate)])
def orders():
    return setting["answer"]


@app.get("/open")
def unprotected():
    return setting["answer"]
