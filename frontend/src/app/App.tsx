import { QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter, Route, Routes } from "react-router";
import { client } from "./client";
import { LinkBoundary } from "./LinkBoundary";
import { pages } from "./pages";
import { NotFoundPage } from "./pages/NotFoundPage";
import { Shell } from "./Shell";
import { useScrollPlaces } from "./useScrollPlaces";

export function App() {
  return (
    <QueryClientProvider client={client.queryClient}>
      <BrowserRouter>
        <LinkBoundary>
          <ScrollPlaces />
          <AppRoutes />
        </LinkBoundary>
      </BrowserRouter>
    </QueryClientProvider>
  );
}

export function AppRoutes() {
  return (
    <Routes>
      <Route element={<Shell />}>
        {pages.map(({ pattern, Component }) => (
          <Route key={pattern} path={pattern} element={<Component />} />
        ))}
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}

function ScrollPlaces() {
  useScrollPlaces();
  return null;
}
