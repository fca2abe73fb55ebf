/** This application's client: the package's, with the types of this API, sending through axios. */
import axios from "axios";
import { batch, type Client, conditional, createClient, timed, traced, type Whole } from "roundtrip-client";
import { throughAxios } from "roundtrip-client/axios";
import type { components, paths } from "./resources.gen";

export type ApiClient = Client<paths, "/api/v1">;
export type Schemas = Whole<components["schemas"]>;

/** The steps are in the order of a request. */
export function createApiClient(baseURL: `${string}/api/v1` = "/api/v1"): ApiClient {
  return createClient<paths, "/api/v1">({
    baseURL,
    steps: [
      throughAxios((adapter) => axios.create({ adapter })),
      conditional(),
      batch({ url: "/batch" }),
      timed(),
      traced(),
    ],
  });
}
