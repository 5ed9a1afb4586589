package storetest

import (
	"context"
	"time"

	"klaster/domain"
	"klaster/store"
)

// Every call passes the gate first; what else can go wrong with a call is in fault.go.

func (f *Fault) Load(ctx context.Context, id domain.ClusterID, limit int) (_ store.Snapshot, _ []store.Entry, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Load(ctx, id, limit)
}

func (f *Fault) Read(ctx context.Context, id domain.ClusterID, after uint64, limit int) (_ []store.Entry, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Read(ctx, id, after, limit)
}

func (f *Fault) Tip(ctx context.Context, id domain.ClusterID) (_ domain.Head, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Tip(ctx, id)
}

func (f *Fault) SaveSnapshot(ctx context.Context, id domain.ClusterID, s store.Snapshot) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.SaveSnapshot(ctx, id, s)
}

func (f *Fault) Redact(ctx context.Context, id domain.ClusterID, rewrite func(version uint64, texts []byte) ([]byte, bool)) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.Redact(ctx, id, rewrite)
}

func (f *Fault) Clusters(ctx context.Context, after domain.ClusterID, limit int) (_ []domain.ClusterID, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Clusters(ctx, after, limit)
}

func (f *Fault) ListPosts(ctx context.Context, id domain.ClusterID) (_ []store.Post, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.ListPosts(ctx, id)
}

func (f *Fault) PutPost(ctx context.Context, id domain.ClusterID, p store.Post) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.PutPost(ctx, id, p)
}

func (f *Fault) DeletePost(ctx context.Context, id domain.ClusterID, card string, chat domain.ChatRef) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.DeletePost(ctx, id, card, chat)
}

func (f *Fault) ClusterOfPost(ctx context.Context, chat domain.ChatRef, ref string) (_ domain.ClusterID, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.ClusterOfPost(ctx, chat, ref)
}

func (f *Fault) MintPerson(ctx context.Context, a store.Account, fresh store.Person) (_ store.Person, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.MintPerson(ctx, a, fresh)
}

func (f *Fault) PersonByID(ctx context.Context, id domain.PersonID) (_ store.Person, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.PersonByID(ctx, id)
}

func (f *Fault) ChangePerson(ctx context.Context, id domain.PersonID, change func(*store.Person) bool) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.ChangePerson(ctx, id, change)
}

func (f *Fault) ForgetPerson(ctx context.Context, id domain.PersonID) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.ForgetPerson(ctx, id)
}

func (f *Fault) SessionOf(ctx context.Context, who domain.PersonID, chat domain.ChatRef) (_ []byte, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.SessionOf(ctx, who, chat)
}

func (f *Fault) PutSession(ctx context.Context, who domain.PersonID, chat domain.ChatRef, session []byte, until time.Time) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.PutSession(ctx, who, chat, session, until)
}

func (f *Fault) DropSession(ctx context.Context, who domain.PersonID, chat domain.ChatRef) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.DropSession(ctx, who, chat)
}

func (f *Fault) AddLine(ctx context.Context, chat domain.ChatRef, body []byte, keep int) (_ uint64, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.AddLine(ctx, chat, body, keep)
}

func (f *Fault) ReplaceLine(ctx context.Context, chat domain.ChatRef, line uint64, body []byte) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.ReplaceLine(ctx, chat, line, body)
}

func (f *Fault) Lines(ctx context.Context, chat domain.ChatRef, limit int) (_ []store.Line, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Lines(ctx, chat, limit)
}

func (f *Fault) Due(ctx context.Context, now time.Time, limit int) (_ []domain.ClusterID, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Due(ctx, now, limit)
}

func (f *Fault) NextDue(ctx context.Context) (_ time.Time, _ bool, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.NextDue(ctx)
}

func (f *Fault) SetDue(ctx context.Context, id domain.ClusterID, at domain.Head, due time.Time) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.SetDue(ctx, id, at, due)
}

func (f *Fault) Dirty(ctx context.Context, p domain.Platform, limit int) (_ []domain.ClusterID, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Dirty(ctx, p, limit)
}

func (f *Fault) ClearDirty(ctx context.Context, p domain.Platform, id domain.ClusterID, version uint64) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.ClearDirty(ctx, p, id, version)
}

func (f *Fault) Claim(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) (_ domain.ClusterID, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Claim(ctx, chat, id)
}

func (f *Fault) Release(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.Release(ctx, chat, id)
}

func (f *Fault) ClusterOf(ctx context.Context, chat domain.ChatRef) (_ domain.ClusterID, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.ClusterOf(ctx, chat)
}

func (f *Fault) Hold(ctx context.Context, name, owner string, ttl time.Duration) (_ bool, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Hold(ctx, name, owner, ttl)
}

func (f *Fault) Yield(ctx context.Context, name, owner string) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.Yield(ctx, name, owner)
}

func (f *Fault) PutToken(ctx context.Context, token string, meaning []byte, until time.Time) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.PutToken(ctx, token, meaning, until)
}

func (f *Fault) Token(ctx context.Context, token string) (_ []byte, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Token(ctx, token)
}

func (f *Fault) DropToken(ctx context.Context, token string) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.DropToken(ctx, token)
}

func (f *Fault) Park(ctx context.Context, p store.Parked) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.Park(ctx, p)
}

func (f *Fault) ParkedInputs(ctx context.Context, limit int) (_ []store.Parked, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.ParkedInputs(ctx, limit)
}

func (f *Fault) Ready(ctx context.Context) error {
	if err := f.gate(ctx); err != nil {
		return err
	}
	return f.store.Ready(ctx)
}

func (f *Fault) Durability(ctx context.Context) (_ store.Durability, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Durability(ctx)
}

func (f *Fault) Now(ctx context.Context) (_ time.Time, err error) {
	if err = f.gate(ctx); err != nil {
		return
	}
	return f.store.Now(ctx)
}
