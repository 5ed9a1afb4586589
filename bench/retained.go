package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"klaster/bot"
	"klaster/bot/discord"
)

// observed is the bot in a process of its own that tells the size of its heap: this program again, with the parts of the
// one that is delivered, which has no way to ask it for a collection.
type observed struct {
	cmd  *exec.Cmd
	ask  io.WriteCloser
	said *bufio.Scanner
}

// observe starts it on a store and an address of the fake Discord.
func observe(store, api string) (*observed, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	o := &observed{cmd: exec.Command(self, "-observed", store+","+api)} //nolint:noctx // ended by stop
	o.cmd.Stderr = os.Stderr
	endWithParent(o.cmd)
	if o.ask, err = o.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	o.said = bufio.NewScanner(out)
	return o, o.cmd.Start()
}

// heap is what the bot holds after a collection, in bytes.
func (o *observed) heap() (int, error) {
	if _, err := io.WriteString(o.ask, "heap\n"); err != nil {
		return 0, err
	}
	if !o.said.Scan() {
		return 0, errors.Join(errors.New("the observed bot ended"), o.said.Err())
	}
	return strconv.Atoi(o.said.Text())
}

func (o *observed) stop() error {
	_ = o.ask.Close()
	return o.cmd.Wait()
}

// beObserved is that process: it answers each line it reads with its heap, and ends with its input.
func beObserved(ctx context.Context, where string, in io.Reader, out io.Writer) error {
	store, api, _ := strings.Cut(where, ",")
	running, err := startInside(ctx, store, door{connector: func() (bot.Connector, error) {
		return discord.New(discord.Options{Token: discordToken, API: api})
	}})
	if err != nil {
		return err
	}
	asked := bufio.NewScanner(in)
	for asked.Scan() {
		fmt.Fprintln(out, heap())
	}
	return errors.Join(asked.Err(), running.stop())
}

// Row 11: what is let go of at some number is full before the measuring begins, the bot's 10,000 interactions of the last
// quarter of an hour above all.
const (
	warmUp       = 12_000
	mayHold      = 1 << 20 // ten bytes an interaction: the least that could leak, an id in a map, takes four times that
	mayHoldVotes = 160
)

// retained measures row 11.
func (b *bench) retained(ctx context.Context, redis *server) error {
	f, end, err := b.openForum(ctx, redis, 1)
	if err != nil {
		return err
	}
	defer end()
	o, err := observe(redis.url(1), f.fake.URL()+"/api")
	if err != nil {
		return err
	}
	defer func() { _ = o.stop() }()
	if err := f.ready(ctx); err != nil {
		return err
	}
	// rest lets the card's edit pass and takes the heap.
	rest := func() (int, error) {
		if !pauseFor(ctx, editPause) {
			return 0, ctx.Err()
		}
		return o.heap()
	}
	if _, err := f.rush(ctx, len(f.users), f.vote); err != nil { // everybody has a position
		return err
	}
	n, turn := b.scaled(100_000), 0
	again := func() (err error) { // nothing of it is written: three say again what they have said, one asks how things stand
		turn++
		user := f.users[turn%len(f.users)]
		if turn%4 == 0 {
			_, err = f.fake.Slash(f.channel, user, "status")
		} else {
			_, err = f.fake.Press(f.channel, f.message, user, f.custom[0])
		}
		return err
	}
	if _, err := f.rush(ctx, warmUp, again); err != nil {
		return err
	}
	before, err := rest()
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := f.rush(ctx, n, again); err != nil {
		return err
	}
	took := time.Since(began)
	after, err := rest()
	if err != nil {
		return err
	}
	b.add(row{11, fmt.Sprintf("heap of the bot after %d interactions on Discord that write nothing, more than before", n), "0", "<= 1 MiB",
		fmt.Sprintf("%d KB", (after-before)/1000), fmt.Sprintf("%.1f MB before, %.1f MB after; %.1f B each; %s", float64(before)/1e6, float64(after)/1e6,
			float64(after-before)/float64(n), took.Round(time.Second)), after-before <= mayHold})

	votes := b.scaled(10_000)
	if _, err := f.rush(ctx, votes, f.vote); err != nil {
		return err
	}
	grown, err := rest()
	if err != nil {
		return err
	}
	each := (grown - after) / votes
	b.add(row{11, "the same for a vote, which is remembered for two days", "", fmt.Sprintf("<= %d B", mayHoldVotes), fmt.Sprintf("%d B", each),
		fmt.Sprintf("%d votes", votes), each <= mayHoldVotes})
	return nil
}
