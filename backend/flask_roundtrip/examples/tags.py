"""Tags: a write invalidates every cached answer with its tag, at once."""

from flask import Flask, request

from flask_roundtrip import cached, invalidate

app = Flask(__name__)
words = ["old"]


@app.get("/words")
@cached(fresh=60, tags=("words",), max_age=0)  # max_age=0: browsers ask each time, and get 304 for what they have
def list_words():
    return words


@app.post("/words")
def add_word():
    words.append(request.get_data(as_text=True))
    invalidate("words")
    return "", 204
