/** What every test of a screen starts from: the DOM matchers, and a page cleared after each test. */
import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// What is waited for comes in milliseconds; on a machine with other work to do, it is only later, not wrong.
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);
