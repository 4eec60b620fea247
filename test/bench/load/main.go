// Load of ready-made HTTP requests, so that whoever asks costs little beside whoever answers: a closed loop with so many in flight, or an open one at a fixed rate whatever the
// answers do, whose times count from when each should have begun. Answers as JSON; ends with 1 when an answer is not what it should be.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type outcome struct {
	// All, and those asked after the ramp.
	Done    int64     `json:"done"`
	Counted int64     `json:"counted"`
	Seconds float64   `json:"seconds"`
	TimesMs []float64 `json:"timesMs,omitempty"`
}

// One connection, with one request in flight.
type line struct {
	conn   net.Conn
	reader *bufio.Reader
	body   []byte
}

var want = flag.String("want", "", "what each answer begins with")

func (l *line) ask(request []byte) error {
	if _, err := l.conn.Write(request); err != nil {
		return err
	}
	status, err := l.reader.ReadSlice('\n')
	if err != nil {
		return err
	}
	good := bytes.HasPrefix(status, []byte("HTTP/1.1 200"))
	length := 0
	for {
		header, err := l.reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(header) <= 2 {
			break
		}
		if name, value, ok := bytes.Cut(header, []byte(":")); ok && bytes.EqualFold(name, []byte("content-length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if cap(l.body) < length {
		l.body = make([]byte, length)
	}
	l.body = l.body[:length]
	if _, err := io.ReadFull(l.reader, l.body); err != nil {
		return err
	}
	if !good || !bytes.HasPrefix(l.body, []byte(*want)) {
		return fmt.Errorf("answered %q", l.body)
	}
	return nil
}

// Requests lie one behind the other, each after its length (four bytes, little-endian).
func requestsIn(from io.Reader) [][]byte {
	bytes, err := io.ReadAll(from)
	check(err)
	var requests [][]byte
	for at := 0; at < len(bytes); {
		length := int(binary.LittleEndian.Uint32(bytes[at:]))
		requests = append(requests, bytes[at+4:at+4+length])
		at += 4 + length
	}
	return requests
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func main() {
	port := flag.Int("port", 0, "of the server, on this machine")
	width := flag.Int("width", 64, "connections")
	ramp := flag.Float64("ramp", 1, "seconds that do not count")
	seconds := flag.Float64("seconds", 6, "seconds that count")
	again := flag.Bool("again", false, "begin again where the requests end")
	rate := flag.Float64("rate", 0, "requests a second: open loop")
	flag.Parse()
	requests := requestsIn(os.Stdin)
	var next atomic.Int64
	take := func() []byte {
		n := next.Add(1) - 1
		if *again {
			n %= int64(len(requests))
		} else if n >= int64(len(requests)) {
			check(fmt.Errorf("%d requests are too few", len(requests)))
		}
		return requests[n]
	}
	lines := make([]*line, *width)
	for i := range lines {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
		check(err)
		lines[i] = &line{conn: conn, reader: bufio.NewReader(conn)}
		// More at once than a server lets wait would look open and not be.
		if i%100 == 99 {
			time.Sleep(20 * time.Millisecond)
		}
	}
	var result outcome
	if *rate > 0 {
		result = openLoop(lines, *rate, *ramp, *seconds, take)
	} else {
		result = closedLoop(lines, *ramp, *seconds, take)
	}
	check(json.NewEncoder(os.Stdout).Encode(result))
}

func closedLoop(lines []*line, ramp, seconds float64, take func() []byte) outcome {
	from := time.Now().Add(time.Duration(ramp * 1e9))
	end := from.Add(time.Duration(seconds * 1e9))
	var done, counted atomic.Int64
	var all sync.WaitGroup
	for _, one := range lines {
		all.Add(1)
		go func(one *line) {
			defer all.Done()
			for now := time.Now(); now.Before(end); now = time.Now() {
				check(one.ask(take()))
				done.Add(1)
				if !now.Before(from) {
					counted.Add(1)
				}
			}
		}(one)
	}
	all.Wait()
	return outcome{Done: done.Load(), Counted: counted.Load(), Seconds: time.Since(from).Seconds()}
}

func openLoop(lines []*line, rate, ramp, seconds float64, take func() []byte) outcome {
	// In turn: a connection that rests for long is closed by the server.
	free := make(chan *line, len(lines))
	for _, one := range lines {
		free <- one
	}
	began := time.Now()
	total := int(rate * (ramp + seconds))
	times := make([]float64, total)
	var all sync.WaitGroup
	for n := 0; n < total; n++ {
		due := began.Add(time.Duration(float64(n) / rate * 1e9))
		time.Sleep(time.Until(due))
		var one *line
		select {
		case one = <-free:
		default:
			check(fmt.Errorf("more than %d in flight after %v", len(lines), time.Since(began)))
		}
		all.Add(1)
		go func(n int) {
			defer all.Done()
			check(one.ask(take()))
			times[n] = float64(time.Since(due).Microseconds()) / 1000
			free <- one
		}(n)
	}
	all.Wait()
	first := int(rate * ramp)
	return outcome{Done: int64(total), Counted: int64(total - first), Seconds: seconds, TimesMs: times[first:]}
}
