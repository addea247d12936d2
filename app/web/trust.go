package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"glucokeep/app/cert"
	"glucokeep/app/fault"
	"glucokeep/views/page"
)

// The pages of this file are all that a box with an authority of its own shows
// to whoever does not trust it yet. They hold no form, set no cookie, and say
// nothing that the box does not tell everybody who connects.

// platforms are the devices that the page has steps for, with how many.
var platforms = []struct {
	id, agent string
	steps     int
}{
	{"iphone", "iPhone", 4}, {"android", "Android", 4}, {"mac", "Macintosh", 3}, {"windows", "Windows", 4}, {"linux", "Linux", 3}, {"firefox", "Firefox", 3},
}

// trust shows how to trust the box on a device.
func (s *server) trust(w http.ResponseWriter, v *visit) error {
	a, err := s.authority()
	if err != nil {
		return err
	}
	code, err := qrOf(TrustAddress(s.Base), v.t("trust.qr"))
	if err != nil {
		return err
	}
	p := page.Trust{Address: s.Base.String(), TrustAddress: TrustAddress(s.Base), Name: a.Name(), Fingerprint: fingerprintLines(a.Fingerprint()),
		Until: v.locale.Date(a.Until()), CertificateURL: "/trust/glucokeep.crt", ProfileURL: "/trust/glucokeep.mobileconfig", Code: code,
		InTheClear: s.inTheClear(v.Request)}
	agent := strings.ReplaceAll(v.UserAgent(), "iPad", "iPhone")
	opened := false
	for _, d := range platforms {
		device := page.TrustDevice{Name: v.t("trust." + d.id), Profile: d.id == "iphone"}
		device.Open = !opened && strings.Contains(agent, d.agent)
		opened = opened || device.Open
		for i := range d.steps {
			device.Steps = append(device.Steps, v.t("trust."+d.id+"."+strconv.Itoa(i+1), "name", a.Name(), "address", s.Base.String()))
		}
		p.Devices = append(p.Devices, device)
	}
	return render(w, v, http.StatusOK, page.TrustPage(s.frame(v, v.t("trust.title")), p))
}

// fingerprintLines breaks a fingerprint after each eighth pair.
func fingerprintLines(s string) (lines []string) {
	for pairs := range slices.Chunk(strings.Split(s, ":"), 8) {
		lines = append(lines, strings.Join(pairs, ":"))
	}
	return lines
}

// TrustAddress is where a device that does not trust the box yet finds out
// how: in the clear, at the port of the box, which answers both.
func TrustAddress(base *url.URL) string {
	port := base.Port()
	if port == "" {
		port = "443"
	}
	return "http://" + net.JoinHostPort(base.Hostname(), port) + "/trust"
}

func (s *server) authority() (*cert.Authority, error) {
	if s.Trust == nil {
		return nil, fault.New(fault.NotFound, "web.no-such-page")
	}
	return s.Trust, nil
}

// trustCertificate gives the certificate to trust, as most systems take it.
func (s *server) trustCertificate(w http.ResponseWriter, _ *visit) error {
	a, err := s.authority()
	if err != nil {
		return err
	}
	return download(w, "application/x-x509-ca-cert", "glucokeep.crt", a.DER())
}

// trustProfile gives the same as iPhones and iPads take it.
func (s *server) trustProfile(w http.ResponseWriter, _ *visit) error {
	a, err := s.authority()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := profile.Execute(&b, map[string]string{"Name": a.Name(), "Certificate": base64.StdEncoding.EncodeToString(a.DER()),
		"Whole": uuidOf(a, "profile"), "Part": uuidOf(a, "certificate")}); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	return download(w, "application/x-apple-aspen-config", "glucokeep.mobileconfig", b.Bytes())
}

func download(w http.ResponseWriter, kind, name string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if _, err := w.Write(body); err != nil {
		return errGone
	}
	return nil
}

// uuidOf names a part of the profile, the same each time, so that a device
// that has it already replaces it (RFC 9562 §5.8).
func uuidOf(a *cert.Authority, part string) string {
	sum := sha256.Sum256(append([]byte("glucokeep "+part+" "), a.DER()...))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// profile is a configuration profile with one root certificate (Apple,
// Configuration Profile Reference, 2019, “Certificate Payload”).
var profile = template.Must(template.New("profile").Parse(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.security.root</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>glucokeep.authority.certificate</string>
<key>PayloadUUID</key><string>{{.Part}}</string>
<key>PayloadDisplayName</key><string>{{html .Name}}</string>
<key>PayloadCertificateFileName</key><string>glucokeep.crt</string>
<key>PayloadContent</key><data>{{.Certificate}}</data>
</dict></array>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>glucokeep.authority</string>
<key>PayloadUUID</key><string>{{.Whole}}</string>
<key>PayloadDisplayName</key><string>{{html .Name}}</string>
</dict></plist>
`))
