import { Component, type ReactNode } from "react";
import { ProblemError } from "roundtrip-client";
import { Failure } from "../ui/Failure";

interface Props {
  /** The current address: a new address clears the error. */
  address: string;
  heading?: string;
  children: ReactNode;
}

interface State {
  error: Error | null;
  failedAt: string | null;
}

/** Shows an error in place of a part that cannot be drawn; the frame and the other pages keep working. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, failedAt: null };

  static getDerivedStateFromError(thrown: unknown): Partial<State> {
    // The texts of the browser's and React's errors do not help a reader.
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
