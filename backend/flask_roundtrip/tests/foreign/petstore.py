"""A small application as flask-smorest's own guide writes one."""

from typing import Any

from flask import Flask
from flask.views import MethodView
from flask_smorest import Api, Blueprint, abort
from marshmallow import Schema, fields


class PetSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.String(required=True)
    words = fields.String()


class PetQuery(Schema):
    name = fields.String()


def create_app() -> Flask:
    app = Flask("petstore")
    app.config.from_mapping(API_TITLE="Pets", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    pets: list[dict[str, Any]] = [
        {"id": number, "name": f"pet {number}", "words": "woof " * 100} for number in range(9)
    ]
    blueprint = Blueprint("pets", "pets", url_prefix="/pets", description="Operations on pets")

    @blueprint.route("/")
    class Pets(MethodView):
        @blueprint.arguments(PetQuery, location="query")
        @blueprint.response(200, PetSchema(many=True))
        @blueprint.paginate()
        def get(self, asked: dict[str, str], pagination_parameters: Any) -> list[dict[str, Any]]:
            """List the pets."""
            found = [pet for pet in pets if asked.get("name", "") in pet["name"]]
            pagination_parameters.item_count = len(found)
            return found[pagination_parameters.first_item : pagination_parameters.last_item + 1]

        @blueprint.arguments(PetSchema)
        @blueprint.response(201, PetSchema)
        def post(self, pet: dict[str, Any]) -> dict[str, Any]:
            """Add a pet."""
            pets.append({"id": len(pets), **pet})
            return pets[-1]

    @blueprint.route("/<int:number>")
    class PetsById(MethodView):
        @blueprint.etag
        @blueprint.response(200, PetSchema)
        def get(self, number: int) -> dict[str, Any]:
            """Show one pet."""
            if number >= len(pets):
                abort(404, message="There is no such pet.")
            return pets[number]

    Api(app).register_blueprint(blueprint)
    return app
