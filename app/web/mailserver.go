package web

import (
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"glucokeep/app/audit"
	"glucokeep/app/fault"
	"glucokeep/app/mail"
	"glucokeep/views/component"
	"glucokeep/views/page"
)

// newestMails is how many mails the page of the mail server lists.
const newestMails = 50

// mailServer shows the mail server and what became of the newest mails. It
// names nobody but who must be told that a mail does not reach them.
func (s *server) mailServer(w http.ResponseWriter, v *visit) error {
	if f, ok := s.refill(w, v); ok {
		p := v.mailServerSent()
		f.again(v, p.Problems)
		return s.showMailServer(w, v, http.StatusOK, p)
	}
	set, known, err := s.Mail.Settings(v.Context())
	if err != nil {
		return err
	}
	p := page.MailServer{Host: set.Host, Port: strconv.Itoa(set.Port), TLS: string(set.TLS), Name: set.Name, Sender: set.Sender}
	if !known {
		p.Port, p.TLS = "587", string(mail.StartTLS)
	}
	return s.showMailServer(w, v, http.StatusOK, p)
}

func (s *server) showMailServer(w http.ResponseWriter, v *visit, status int, p page.MailServer) (err error) {
	p.Action, p.TestAction, p.CheckURL, p.LinksURL, p.TestTo = "/box/mail", "/box/mail/test", "/mail-check", "/box/links", v.id.Email
	if _, p.Set, err = s.Mail.Settings(v.Context()); err != nil {
		return err
	}
	if p.Kept, p.Lost, err = s.Mail.Password(v.Context()); err != nil {
		return err
	}
	if p.Mails, err = s.mailTable(v); err != nil {
		return err
	}
	return render(w, v, status, page.MailServerPage(s.frame(v, v.t("mailserver.title")), p))
}

// mailTable lists the newest mails: when, what, where it stands. A name stands
// only beside a mail that does not arrive, and no address ever.
func (s *server) mailTable(v *visit) (t component.Table, err error) {
	t = component.Table{Caption: v.t("mailserver.mails"), Head: []string{v.t("mailserver.when"), v.t("mailserver.kind"), v.t("mailserver.state"), v.t("mailserver.next")}}
	newest, err := s.Mail.Newest(v.Context(), newestMails)
	if err != nil || len(newest) == 0 {
		return t, err
	}
	box, _, err := s.Auth.Box(v.Context())
	if err != nil {
		return t, err
	}
	names, err := s.Auth.Names(v.Context())
	if err != nil {
		return t, err
	}
	zone := boxGuess(box).Zone
	for _, m := range newest {
		state, next := v.t("mail.state."+string(m.State)), ""
		if m.Answer != "" && m.State != "sent" {
			state += ": " + v.answer(m.Answer)
		}
		if m.State == "waiting" {
			next = v.here(m.Next.Time(), zone)
		}
		kind := v.t("mail.kind." + m.Kind)
		if m.State == "failed" || m.State == "waiting" && m.Tries > 0 {
			kind += " – " + names[m.Account]
		}
		t.Rows = append(t.Rows, []string{v.here(m.Created.Time(), zone), kind, state, next})
	}
	return t, nil
}

// answer puts what the outbox keeps of an answer into words.
func (v *visit) answer(kept string) string {
	word, code, numbered := strings.Cut(kept, " ")
	said := v.t("mail.answer." + word)
	if numbered {
		said += " (" + v.t("mail.answer.code", "code", code) + ")"
	}
	return said
}

// mailServerSent is the form as it came, without its password.
func (v *visit) mailServerSent() page.MailServer {
	return page.MailServer{Host: strings.TrimSpace(v.PostFormValue("host")), Port: strings.TrimSpace(v.PostFormValue("port")), TLS: v.PostFormValue("tls"),
		Name: strings.TrimSpace(v.PostFormValue("name")), Sender: strings.TrimSpace(v.PostFormValue("sender")), Problems: map[string]string{}}
}

// maxMailPassword is the length of a password of a mail server, in characters.
const maxMailPassword = 256

func (s *server) setMailServer(w http.ResponseWriter, v *visit) error {
	if err := v.ParseForm(); err != nil {
		return badForm(err)
	}
	by := audit.Actor{Account: v.id.Account}
	if v.PostFormValue("do") == "forget" {
		if err := s.Mail.ForgetServer(v.Context(), v.now, by, v.from); err != nil {
			return err
		}
		return s.done(w, v, "mailserver.forgotten", "/box/mail")
	}
	p := v.mailServerSent()
	port, err := strconv.Atoi(p.Port)
	if err != nil {
		port = 0
	}
	set := mail.Settings{Host: p.Host, Port: port, TLS: mail.Encryption(p.TLS), Name: p.Name, Sender: p.Sender}
	if err := v.problemsOf(p.Problems, set.Check()); err != nil {
		return err
	}
	typed := v.PostFormValue("password")
	if utf8.RuneCountInString(typed) > maxMailPassword || strings.ContainsAny(typed, "\r\n\x00") {
		p.Problems["password"] = v.t("mail.password-invalid", "max", maxMailPassword)
	}
	if len(p.Problems) > 0 {
		return s.showMailServer(w, v, http.StatusUnprocessableEntity, p)
	}
	var password []byte // nil: as it was
	if typed != "" {
		password = []byte(typed)
	}
	if err := s.Mail.SetServer(v.Context(), v.now, by, v.from, set, password); err != nil {
		return err
	}
	return s.done(w, v, "mailserver.saved", "/box/mail")
}

// testMail sends a mail to who asks, while they wait, and says how it ended.
func (s *server) testMail(w http.ResponseWriter, v *visit) error {
	set, known, err := s.Mail.Settings(v.Context())
	if err != nil {
		return err
	}
	if !known {
		return fault.New(fault.Conflict, "mailserver.none")
	}
	tried, err := s.Mail.TryServer(v.Context(), v.now, audit.Actor{Account: v.id.Account}, v.from,
		mail.Notice{Account: v.id.Account, Address: v.id.Email, Lang: v.locale.Lang})
	if err != nil {
		return err
	}
	p := page.MailServer{Host: set.Host, Port: strconv.Itoa(set.Port), TLS: string(set.TLS), Name: set.Name, Sender: set.Sender, Well: tried.Answer == mail.Sent}
	p.Tested = []string{v.t("mail.answer." + string(tried.Answer))}
	if tried.Said != "" {
		p.Tested = append(p.Tested, v.t("mailserver.said", "code", strconv.Itoa(tried.Code), "said", tried.Said))
	}
	if p.Well {
		p.Tested = append(p.Tested, v.t("mailserver.test.ref", "ref", tried.Ref))
	}
	return s.showMailServer(w, v, http.StatusOK, p)
}
