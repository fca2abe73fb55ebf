/** For applications with axios: the chain as the adapter of axios, or axios as the first step of the chain. */
import axios, { type AxiosAdapter, AxiosError, AxiosHeaders, type AxiosInstance, CanceledError } from "axios";
import type { Answer, Request, Send, Step } from "./chain.ts";
import { ProblemError } from "./errors.ts";

declare module "axios" {
  interface AxiosRequestConfig {
    /** The chain's request for which axios was called; throughAxios sets this. */
    roundtrip?: () => Request;
  }
}

/** `axios.create({ adapter: asAdapter(compose(batch({ url: "/batch" }), overFetch())) })` */
export function asAdapter(send: Send): AxiosAdapter {
  return async (config) => {
    const request: Request = {
      base: config.baseURL,
      call: { start: performance.now() },
      ...config.roundtrip?.(),
      method: (config.method ?? "get").toUpperCase(),
      url: axios.getUri(config),
      headers: config.headers.toJSON() as Request["headers"],
      body: config.data,
      signal: config.signal as AbortSignal | undefined,
      ...(config.timeout ? { patience: config.timeout } : {}),
    };
    const answer = await send(request).catch((error: unknown) => {
      if (request.signal?.aborted) throw new CanceledError(undefined, config as never);
      if (!(error instanceof ProblemError)) throw error;
      const code = error.kind === "timeout" ? AxiosError.ETIMEDOUT : AxiosError.ERR_NETWORK;
      throw Object.assign(new AxiosError(error.message, code, config), { cause: error });
    });
    const { status, headers, body } = answer;
    const response = {
      status,
      statusText: "",
      headers: new AxiosHeaders(headers),
      data: body,
      config,
      request: answer,
    };
    if (!config.validateStatus || config.validateStatus(status)) return response;
    const code = status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
    throw new AxiosError(`The server answered ${status}`, code, config, answer, response);
  };
}

/** A first step that sends through an axios instance, with its interceptors, headers and serializers. */
export function throughAxios(create: (adapter: AxiosAdapter) => AxiosInstance): Step {
  return (next) => {
    const http = create(asAdapter(next));
    return async (request) => {
      const { method, url, headers, body, signal } = request;
      try {
        const response = await http.request({
          method,
          url,
          headers: { Accept: null, ...headers }, // the last step sets Accept
          data: body,
          validateStatus: null,
          roundtrip: () => request,
          ...(signal && { signal }),
        });
        const { retried = false } = response.request as Answer;
        const told = Object.entries(response.headers).map(([name, value]) => [
          name.toLowerCase(),
          String(value),
        ]);
        return { status: response.status, headers: Object.fromEntries(told), body: response.data, retried };
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof AxiosError && error.cause instanceof ProblemError ? error.cause : error;
      }
    };
  };
}
