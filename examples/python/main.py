"""Follows a session: sends a message, prints what happens, and asks you what the agent asks.
It finds the server by PARLEY_SERVER and PARLEY_TOKEN.

    python main.py [agent [message]]
"""

import os
import sys
import time
from typing import Any

import httpx
from httpx_sse import connect_sse

from parley_client import Client, models
from parley_client.api.messages import post_message
from parley_client.api.requests import reply_permission, reply_question
from parley_client.api.sessions import create_session, terminate_session

REPLIES = {"y": models.PermissionReply.ONCE, "a": models.PermissionReply.ALWAYS}


def main(agent: str = "mock", message: str = "permission") -> None:
    session = f"python-{time.time_ns()}"
    with connect() as parley:
        create_session.sync(session, client=parley, body=models.CreateSessionRequest(agent=agent))
        post_message.sync(session, client=parley, body=models.MessageRequest(message=message))
        # From the first event to the session's end. After a cut, the header Last-Event-ID goes on where it was.
        with connect_sse(parley.get_httpx_client(), "GET", f"/v1/sessions/{session}/events/sse") as stream:
            for frame in stream.iter_sse():
                handle(parley, session, frame.json())


def connect() -> Client:
    token = os.environ.get("PARLEY_TOKEN")
    return Client(
        base_url=os.environ.get("PARLEY_SERVER", "http://127.0.0.1:2468"),
        headers={"Authorization": f"Bearer {token}"} if token else {},
        timeout=httpx.Timeout(30),  # an open stream says something every 15 seconds
        httpx_args={"event_hooks": {"response": [refused]}},
    )


def refused(response: httpx.Response) -> None:
    if response.is_error:
        response.read()
        sys.exit(response.json()["detail"])


def handle(parley: Client, session: str, event: dict[str, Any]) -> None:
    match event["type"]:
        case "item.delta":
            print(models.ItemDeltaEvent.from_dict(event).data.delta, end="", flush=True)
        case "permission.requested":
            asked = models.PermissionRequestedEvent.from_dict(event).data
            answer = ask(f"\n{asked.action} {asked.metadata and asked.metadata.to_dict()}\nAllow? [y]es, [a]lways, [n]o: ")
            reply = models.PermissionReplyRequest(REPLIES.get(answer, models.PermissionReply.REJECT))
            reply_permission.sync(session, asked.permission_id, client=parley, body=reply)
        case "permission.resolved":
            resolved = models.PermissionResolvedEvent.from_dict(event).data
            print(f"{resolved.action}: {resolved.status}")
        case "question.requested":
            question = models.QuestionRequestedEvent.from_dict(event).data
            answer = ask(f"\n{question.prompt} ({', '.join(question.options)})\nYour answer: ")
            answers = models.QuestionReplyRequest([[answer]])
            reply_question.sync(session, question.question_id, client=parley, body=answers)
        case "turn.ended":
            print(f"\nThe turn is {models.TurnEndedEvent.from_dict(event).data.status}.")
            terminate_session.sync(session, client=parley)


def ask(prompt: str) -> str:
    """Takes a line of yours; without one the answer is empty."""
    print(prompt, end="", flush=True)
    return sys.stdin.readline().strip()


if __name__ == "__main__":
    main(*sys.argv[1:])
