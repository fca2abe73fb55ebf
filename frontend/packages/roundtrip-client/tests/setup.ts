/** The set-up for every test of a screen: the DOM matchers, and a page cleared after each test. */
import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// The awaited changes take milliseconds; on a busy machine they take longer without being wrong.
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);
