"""A private route: each user's answer is kept apart, and no cache on the way may store it."""

from flask import Flask, session

from flask_roundtrip import cached

app = Flask(__name__)
app.secret_key = "signs the sessions"


@app.post("/sign-in/<user>")
def sign_in(user):
    session["user"] = user
    return "", 204


@app.get("/mine")
@cached(fresh=60, identity=lambda: session.get("user"))
def mine():
    return {"user": session.get("user")}
