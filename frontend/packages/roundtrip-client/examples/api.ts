/** The types of a small API. openapi-typescript writes yours from its OpenAPI document. */
export interface paths {
  "/airlines": {
    get: {
      parameters: { query?: { fields?: string }; path?: never };
      responses: { 200: { content: { "application/json": { items: Airline[]; next: string | null } } } };
    };
  };
  "/flights/{id}": {
    get: {
      parameters: { query?: { fields?: string }; path: { id: number } };
      responses: { 200: { content: { "application/json": Flight } } };
    };
  };
}

interface Airline {
  carrier: string;
  name: string;
}

interface Flight {
  id: number;
  dest: string;
  airline: Airline;
}
