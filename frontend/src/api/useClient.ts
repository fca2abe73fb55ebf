import { useClientOf } from "roundtrip-client/react";
import type { ApiClient } from "./client";

export const useClient = useClientOf<ApiClient>;
