import { Component, type ComponentChildren } from "preact";

/** Keeps a fault of what it holds from taking the page with it. */
export class Guard extends Component<{ children: ComponentChildren }, { fault: string }> {
  override state = { fault: "" };

  override componentDidCatch(thrown: unknown): void {
    this.setState({ fault: String(thrown) });
  }

  render() {
    if (this.state.fault === "") return <>{this.props.children}</>;
    return <p class="note" data-tone="warning">This cannot be shown here ({this.state.fault}); the events have it.</p>;
  }
}
