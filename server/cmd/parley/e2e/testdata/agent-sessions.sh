curl -X POST "http://127.0.0.1:2468/v1/sessions/build-session" \
  -H "Authorization: Bearer $SANDBOX_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{
    "agent": "codex",
    "agentMode": "build",
    "permissionMode": "default",
    "model": "gpt-4.1",
    "variant": "reasoning",
    "agentVersion": "latest"
  }'

curl -X POST "http://127.0.0.1:2468/v1/sessions/build-session/messages" \
  -H "Authorization: Bearer $SANDBOX_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"message":"Summarize the repository structure."}'

curl -N -X POST "http://127.0.0.1:2468/v1/sessions/build-session/messages/stream" \
  -H "Authorization: Bearer $SANDBOX_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"message":"Explain the main entrypoints."}'

curl -X GET "http://127.0.0.1:2468/v1/sessions/build-session/events?offset=0&limit=50" \
  -H "Authorization: Bearer $SANDBOX_TOKEN"

curl -N -X GET "http://127.0.0.1:2468/v1/sessions/build-session/events/sse?offset=0" \
  -H "Authorization: Bearer $SANDBOX_TOKEN"

curl -X GET "http://127.0.0.1:2468/v1/sessions" \
  -H "Authorization: Bearer $SANDBOX_TOKEN"

curl -X POST "http://127.0.0.1:2468/v1/sessions/build-session/questions/question-1/reply" \
  -H "Authorization: Bearer $SANDBOX_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"answers":[["yes"]]}'

curl -X POST "http://127.0.0.1:2468/v1/sessions/build-session/questions/question-1/reject" \
  -H "Authorization: Bearer $SANDBOX_TOKEN"

curl -X POST "http://127.0.0.1:2468/v1/sessions/build-session/permissions/permission-1/reply" \
  -H "Authorization: Bearer $SANDBOX_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"reply":"once"}'

curl -X POST "http://127.0.0.1:2468/v1/sessions/build-session/terminate" \
  -H "Authorization: Bearer $SANDBOX_TOKEN"
