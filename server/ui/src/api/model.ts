import type { components } from "./api.gen";

type Schemas = components["schemas"];

export type AgentInfo = Schemas["AgentInfo"];
export type AgentMode = Schemas["AgentMode"];
export type AgentModels = Schemas["AgentModelsResponse"];
export type Attachment = Schemas["Attachment"];
export type ContentPart = Schemas["ContentPart"];
export type CreateSession = Schemas["CreateSessionRequest"];
export type FileRef = Schemas["FileRefPart"];
export type Item = Schemas["Item"];
export type Pending = Schemas["PendingResponse"];
export type PermissionReply = Schemas["PermissionReply"];
export type PermissionStatus = Schemas["PermissionStatus"];
export type QuestionDetail = Schemas["QuestionDetail"];
export type QuestionRequested = Schemas["QuestionRequestedData"];
export type QuestionStatus = Schemas["QuestionStatus"];
export type SessionInfo = Schemas["SessionInfo"];
export type SessionStatus = Schemas["SessionStatus"];
export type TurnStatus = Schemas["TurnStatus"];
export type Usage = Schemas["UsageUpdatedData"];

/** An entry of a session's log. A server that is newer than this page may send types that are not listed here. */
export type Event = Schemas["Event"];

/** The events of some types. */
export type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;
