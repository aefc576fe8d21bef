// pion as a peer: the checks of checks.js in Go. usage: pion-peer offer|answer (the role of .NET)
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/pion/webrtc/v3"
)

var in = bufio.NewReaderSize(os.Stdin, 1<<20)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hear() (d webrtc.SessionDescription) {
	line, err := in.ReadBytes('\n')
	check(err)
	var said struct{ Type, SDP string }
	check(json.Unmarshal(line, &said))
	return webrtc.SessionDescription{Type: webrtc.NewSDPType(said.Type), SDP: said.SDP}
}

func tell(pc *webrtc.PeerConnection) {
	d := pc.LocalDescription()
	line, _ := json.Marshal(map[string]string{"type": d.Type.String(), "sdp": d.SDP})
	fmt.Println(string(line))
}

type peer struct {
	channel      *webrtc.DataChannel
	opened, gone chan struct{}
	messages     chan webrtc.DataChannelMessage
}

func watch(c *webrtc.DataChannel) *peer {
	p := &peer{c, make(chan struct{}, 1), make(chan struct{}, 1), make(chan webrtc.DataChannelMessage, 100)}
	c.OnOpen(func() { p.opened <- struct{}{} })
	c.OnClose(func() { p.gone <- struct{}{} })
	c.OnMessage(func(m webrtc.DataChannelMessage) { p.messages <- m })
	return p
}

func wait(what string, c chan struct{}) {
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		check(fmt.Errorf("%s: nothing within 20 s", what))
	}
}

func (p *peer) echo(data []byte, text bool) {
	if text {
		check(p.channel.SendText(string(data)))
	} else {
		check(p.channel.Send(data))
	}
	select {
	case m := <-p.messages:
		if m.IsString != text || !bytes.Equal(m.Data, data) {
			check(fmt.Errorf("message of %d came back wrong (%d)", len(data), len(m.Data)))
		}
	case <-time.After(20 * time.Second):
		check(fmt.Errorf("no echo of %d", len(data)))
	}
}

func main() {
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	check(err)
	arrivals := make(chan *peer, 4)
	pc.OnDataChannel(func(c *webrtc.DataChannel) { arrivals <- watch(c) })
	gathered := webrtc.GatheringCompletePromise(pc)
	var channel *peer
	if os.Args[1] == "answer" {
		c, err := pc.CreateDataChannel("main", nil)
		check(err)
		channel = watch(c)
		offer, err := pc.CreateOffer(nil)
		check(err)
		check(pc.SetLocalDescription(offer))
		<-gathered
		tell(pc)
		check(pc.SetRemoteDescription(hear()))
	} else {
		check(pc.SetRemoteDescription(hear()))
		answer, err := pc.CreateAnswer(nil)
		check(err)
		check(pc.SetLocalDescription(answer))
		<-gathered
		tell(pc)
		channel = <-arrivals
	}
	wait("open", channel.opened)
	// This pion reads messages into 65,535 bytes.
	for _, size := range []int{0, 1, 1159, 1160, 1161, 1200, 16384, 65535} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i*31 + size)
		}
		channel.echo(data, false)
	}
	for _, text := range []string{"", "hello", "Grüße, 世界 🐦"} {
		channel.echo([]byte(text), true)
	}
	check(channel.channel.SendText("open second"))
	second := <-arrivals
	wait("second open", second.opened)
	if second.channel.Ordered() || second.channel.MaxRetransmits() == nil || *second.channel.MaxRetransmits() != 0 {
		check(fmt.Errorf("reliability of the second channel"))
	}
	second.echo([]byte("unordered"), true)
	ordered, life := false, uint16(500)
	c, err := pc.CreateDataChannel("third", &webrtc.DataChannelInit{Ordered: &ordered, MaxPacketLifeTime: &life})
	check(err)
	third := watch(c)
	wait("third open", third.opened)
	third.echo([]byte("timed"), true)
	check(third.channel.Close())
	wait("our close", third.gone)
	check(second.channel.SendText("close"))
	wait("their close", second.gone)
	check(pc.Close())
	fmt.Println(`{"report":["binary 0 1 1159 1160 1161 1200 16384 65535","text","partial reliability","our close","their close"]}`)
}
