/** The client for React: a context. The client's queries are options for TanStack's hooks. */
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";

interface AnyClient {
  queryClient: QueryClient;
}

const ClientContext = createContext<AnyClient | null>(null);

export function ClientProvider({ client, children }: { client: AnyClient; children: ReactNode }) {
  return (
    <ClientContext value={client}>
      <QueryClientProvider client={client.queryClient}>{children}</QueryClientProvider>
    </ClientContext>
  );
}

/**
 * The client of the provider above. An application states its type once:
 *
 *     export const useClient = useClientOf<Client<paths>>;
 *     const flight = useQuery(useClient().one("/flights/{id}", { id: 7 }, ["id", "airline.name"]));
 */
export function useClientOf<C extends AnyClient>(): C {
  const client = useContext(ClientContext);
  if (!client) throw new Error("useClientOf needs a <ClientProvider> above it");
  return client as C;
}
