package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // #nosec G505 -- RFC 6238 with the parameters that authenticator apps know; HMAC does not lean on collisions
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Codes of authenticator apps, RFC 6238 over RFC 4226: SHA-1, six digits, a
// new one each 30 s. Other parameters are in the standard, but most apps
// ignore them and show codes that are wrong.
const (
	totpSecret = 20 // bytes: as long as the hash, RFC 4226 §4 R6
	totpStep   = 30 * time.Second
	// totpSkew is how many steps a clock may be off in either direction. A code
	// is therefore good for up to 90 s, and is taken once.
	totpSkew = 1
)

func newSecret() []byte {
	s := make([]byte, totpSecret)
	_, _ = rand.Read(s) // never fails: crypto/rand ends the program instead
	return s
}

// stepOf is the step that an instant is in.
func stepOf(at time.Time) int64 { return at.Unix() / int64(totpStep/time.Second) }

// codeOf is the code of a step.
func codeOf(secret []byte, step int64) string {
	m := hmac.New(sha1.New, secret)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(step))) // #nosec G115 -- steps since 1970 of a clock that goes forward
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0xf // RFC 4226 §5.3: where the four bytes of the code begin
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

// matchStep finds the step whose code somebody typed, the newest if two steps
// have the same one. It takes the same time whether or not there is one.
func matchStep(secret []byte, typed string, now time.Time) (step int64, ok bool) {
	for s := stepOf(now) - totpSkew; s <= stepOf(now)+totpSkew; s++ {
		if subtle.ConstantTimeCompare([]byte(codeOf(secret, s)), []byte(typed)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// plainCode is a code without the blanks and hyphens that people type into it.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return r
	}, typed)
}

// manualKey is a secret as people type it into an app: base32 in groups of four.
func manualKey(secret []byte) string {
	return grouped(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret), " ")
}

// grouped puts sep after each four characters.
func grouped(s, sep string) string {
	var out strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			out.WriteString(sep)
		}
		out.WriteRune(r)
	}
	return out.String()
}

// totpAddress is what an app reads from a QR code (Key URI Format of the
// first such app, which all others follow).
func totpAddress(issuer, account string, secret []byte) string {
	q := url.Values{"secret": {strings.ReplaceAll(manualKey(secret), " ", "")}, "issuer": {issuer},
		"algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(account) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}
