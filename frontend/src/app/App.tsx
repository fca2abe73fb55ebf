import { BrowserRouter, Route, Routes } from "react-router";
import { ClientProvider } from "roundtrip-client/react";
import { client } from "./client";
import { LinkBoundary } from "./LinkBoundary";
import { codeOf } from "./pageCode";
import { pages } from "./pages";
import { NotFoundPage } from "./pages/NotFoundPage";
import { Shell } from "./Shell";
import { useScrollPlaces } from "./useScrollPlaces";

export function App() {
  return (
    <ClientProvider client={client}>
      <BrowserRouter>
        <LinkBoundary>
          <AppRoutes />
          {/* After the pages: its effect must run after those of the virtual lists, which scroll as they mount. */}
          <ScrollPlaces />
        </LinkBoundary>
      </BrowserRouter>
    </ClientProvider>
  );
}

export function AppRoutes() {
  return (
    <Routes>
      <Route element={<Shell />}>
        {pages.map((page) => {
          const Content = codeOf(page);
          return <Route key={page.pattern} path={page.pattern} element={<Content />} />;
        })}
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}

function ScrollPlaces() {
  useScrollPlaces();
  return null;
}
