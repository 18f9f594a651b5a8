import { render } from "preact";
import { keepFresh } from "./state/sessions";
import { keepKeys } from "./state/keys";
import { keepOpen } from "./state/open";
import { App } from "./views/App";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/sidebar.css";
import "./styles/transcript.css";
import "./styles/markdown.css";
import "./styles/requests.css";
import "./styles/composer.css";
import "./styles/events.css";
import "./styles/dialog.css";

keepFresh();
keepOpen();
keepKeys();
render(<App />, document.getElementById("app")!);
