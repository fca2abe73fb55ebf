import { Component, type ReactNode } from "react";
import { ProblemError } from "roundtrip-client";
import { Failure } from "../ui/Failure";

interface Props {
  /** Where the reader is: a new address is a new beginning. */
  address: string;
  heading?: string;
  children: ReactNode;
}

interface State {
  error: Error | null;
  failedAt: string | null;
}

/** The last line: what cannot be drawn says so in its own place, and the frame and the other pages live on. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, failedAt: null };

  static getDerivedStateFromError(thrown: unknown): Partial<State> {
    // The browser's and React's own words mean nothing to a reader.
    return { error: thrown instanceof ProblemError ? thrown : new Error(WORDS) };
  }

  static getDerivedStateFromProps({ address }: Props, { error, failedAt }: State): State | null {
    if (error === null) return null;
    if (failedAt === null) return { error, failedAt: address };
    return failedAt === address ? null : { error: null, failedAt: null };
  }

  override render() {
    const { error } = this.state;
    const { children, heading = "This page could not be drawn" } = this.props;
    if (error === null) return children;
    const onRetry = () => this.setState({ error: null, failedAt: null });
    return <Failure error={error} heading={heading} onRetry={onRetry} />;
  }
}

const WORDS = "Try again, or reload the page.";
