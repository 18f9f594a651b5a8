package jsonrpc

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The test program is its own stand-in: a peer that does what the method's name says.
const peerVariable = "PARLEY_JSONRPC_PEER"

func TestMain(m *testing.M) {
	if os.Getenv(peerVariable) != "" {
		peer()
		return
	}
	goleak.VerifyTestMain(m)
}

func peer() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var m struct {
			ID     json.RawMessage
			Method string
			Params json.RawMessage
			Result json.RawMessage
			Error  json.RawMessage
		}
		if json.Unmarshal(in.Bytes(), &m) != nil {
			continue
		}
		switch m.Method {
		case "echo":
			fmt.Printf(`{"id":%s,"result":%s}`+"\n", m.ID, m.Params)
		case "refuse":
			fmt.Printf(`{"id":%s,"error":{"code":-32600,"message":"no"}}`+"\n", m.ID)
		case "many": // notifications, then the answer
			for i := range 1000 {
				fmt.Printf(`{"method":"n","params":%d}`+"\n", i)
			}
			fmt.Printf(`{"id":%s,"result":{}}`+"\n", m.ID)
		case "ask":
			fmt.Println(`{"id":0,"method":"may I","params":{}}`)
		case "garbage":
			fmt.Println("no json\n{\"id\":9\n{}\n{\"id\":77,\"result\":1}\n{\"id\":\"x\",\"result\":1}\n{\"id\":null,\"method\":\"n\"}")
		case "silent":
		case "sleep":
			time.Sleep(time.Minute)
		case "exit":
			fmt.Fprintln(os.Stderr, strings.Trim(string(m.Params), `"`))
			os.Exit(3)
		case "":
			fmt.Printf(`{"method":"heard","params":%s}`+"\n", in.Text())
		}
	}
}
