import { Component, type ReactNode } from "react";
import { Failure } from "../ui/Failure";

interface Props {
  children: ReactNode;
}

interface State {
  error: Error | null;
}

/** The last line: a page that cannot be drawn says so in its own place, and the frame and the other pages live on. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Failure
        error={error}
        heading="This page could not be drawn"
        onRetry={() => this.setState({ error: null })}
      />
    );
  }
}
