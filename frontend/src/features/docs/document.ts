/** The parts of an OpenAPI document (3.1) that the page shows, and functions to read them. */
export interface ApiDocument {
  info: { title: string; description?: string; version: string };
  paths: Record<string, Record<string, ApiOperation>>;
  components: { schemas: Record<string, Schema> };
}

export interface ApiOperation {
  operationId: string;
  summary?: string;
  parameters?: ApiParameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
  /** Separated by commas. */
  "x-default-fields"?: string;
}

export interface ApiParameter {
  name: string;
  in: "query" | "path";
  required?: boolean;
  description?: string;
  schema: Schema;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: (string | number | null)[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  description?: string;
  example?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

export interface Operation extends ApiOperation {
  method: string;
  path: string;
  /** The id of its section on the page. */
  anchor: string;
}

export interface FieldLine {
  name: string;
  type: string;
  description: string;
  isDefault: boolean;
}

export function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      anchor: `${method}-${path.replace(/^\/api\/v1\//, "").replace(/[^a-z]+/g, "-")}`.replace(/-$/, ""),
    })),
  );
}

/** The fields of an operation's answer, which is one object or a list of them. */
export function fieldsOf(document: ApiDocument, operation: Operation): FieldLine[] {
  const answer = operation.responses["200"]?.content?.["application/json"]?.schema;
  const one = resolve(document, answer?.properties?.items?.items ?? answer);
  const defaults = operation["x-default-fields"]?.split(",");
  return Object.entries(one?.properties ?? {}).map(([name, schema]) => ({
    name,
    type: typeOf(schema),
    description: schema.description ?? nestedOf(document, schema),
    isDefault: defaults?.some((field) => field === name || field.startsWith(`${name}.`)) ?? false,
  }));
}

/** "integer or null", "date", "one of on_time, delayed", "1 to 200" */
export function typeOf(schema: Schema): string {
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  if (schema.$ref) return named(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  const types = [schema.type ?? "anything"].flat().join(" or ");
  const range =
    schema.minimum === undefined || schema.maximum === undefined
      ? ""
      : `, ${schema.minimum} to ${schema.maximum}`;
  return (schema.format ? types.replace("string", schema.format) : types) + range;
}

function nestedOf(document: ApiDocument, schema: Schema): string {
  const nested = [schema, ...(schema.anyOf ?? [])]
    .map((one) => one.$ref && resolve(document, one))
    .find(Boolean);
  return nested ? `${Object.keys(nested.properties ?? {}).join(", ")}` : "";
}

function resolve(document: ApiDocument, schema: Schema | undefined): Schema | undefined {
  return schema?.$ref ? document.components.schemas[named(schema.$ref)] : schema;
}

function named(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}
