"""The schema, written by hand: no framework knows it."""

ID = {"type": "integer", "format": "int64", "minimum": 1}
MONEY = {"type": "number", "multipleOf": 0.01, "minimum": 0}


def model(**properties: dict) -> dict:
    return {"type": "object", "properties": properties, "required": list(properties)}


def listed(item: dict) -> dict:
    return {"type": "array", "items": item}


def ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


def answer(description: str, schema: str) -> dict:
    return {"description": description, "content": {"application/json": {"schema": ref(schema)}}}


def parameter(place: str, name: str, schema: dict, required: bool = False) -> dict:
    return {"in": place, "name": name, "schema": schema, "required": required}


ERRORS = {
    404: "No such customer, product or order",
    409: "Out of stock",
    422: "The request is wrong",
    502: "The delivery service failed",
    503: "The database is away",
    504: "The delivery service was late",
}


def operation(summary: str, status: int, schema: str, *errors: int, **more: object) -> dict:
    answers = {str(status): answer("Done", schema)}
    answers |= {str(code): answer(ERRORS[code], "Error") for code in errors}
    return {"summary": summary, "responses": answers, **more}


ORDER_ID = parameter("path", "order_id", ID, required=True)

SCHEMA = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "paths": {
        "/health": {"get": operation("Is the process alive?", 200, "Status")},
        "/ready": {"get": operation("Can it work?", 200, "Status", 503)},
        "/orders": {
            "get": operation(
                "Orders, newest first",
                200,
                "Page",
                422,
                503,
                parameters=[
                    parameter("query", "customer_id", ID),
                    parameter("query", "limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
                    parameter("query", "cursor", {"type": "string"}),
                ],
            ),
            "post": operation(
                "Order",
                201,
                "Order",
                404,
                409,
                422,
                503,
                parameters=[
                    parameter("header", "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 200})
                ],
                requestBody={"required": True, "content": {"application/json": {"schema": ref("NewOrder")}}},
            ),
        },
        "/orders/{order_id}": {"parameters": [ORDER_ID], "get": operation("One order", 200, "Order", 404, 503)},
        "/orders/{order_id}/delivery": {
            "parameters": [ORDER_ID],
            "get": operation("What its delivery costs", 200, "Delivery", 404, 502, 503, 504),
        },
    },
    "components": {
        "schemas": {
            "NewOrder": model(
                customer_id=ID,
                items=listed(model(product_id=ID, qty={"type": "integer", "minimum": 1, "maximum": 1000}))
                | {"minItems": 1},
            ),
            "Order": model(
                id=ID,
                customer_id=ID,
                status={"type": "string"},
                total=MONEY,
                created_at={"type": "string", "format": "date-time"},
                items=listed(model(product_id=ID, qty={"type": "integer"}, price=MONEY)),
            ),
            "Page": model(items=listed(ref("Order")), next_cursor={"type": ["string", "null"]}),
            "Delivery": model(order_id=ID, price=MONEY, days={"type": "integer"}),
            "Status": model(status={"const": "ok"}),
            "Error": model(detail={"type": "string"}),
        }
    },
}
