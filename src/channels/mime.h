// Texts as mail carries them: in lines of at most 76 ASCII characters (RFC 2045, 2047, 5322).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace altis::channels {

// Header fields in their order. A value holds no line break but folds: CRLF and a blank.
using MailFields = std::vector<std::pair<std::string, std::string>>;

// A line of UTF-8 without control characters as an unstructured header value: as it is when that is
// short ASCII, else in encoded words, folded.
std::string header_text(std::string_view line);

// A mailbox, "name <address>", or the address alone without a name. The same demands on the name;
// the address is one that `is_mail_address` likes.
std::string mailbox(std::string_view name, std::string_view address);

// ASCII, a dot-atom of up to 64 characters, "@", and a domain (RFC 5321; no quoted local parts, no
// address literals). So it can break out of no header and no command.
bool is_mail_address(std::string_view address);
// Labels of letters, digits and hyphens, at most 253 characters.
bool is_mail_domain(std::string_view domain);

// "Thu, 19 Feb 2026 21:04:05 +0000". Years 1970 to 9999.
std::string mail_date(Time time);

// One part of a multipart body, with its own header fields: UTF-8 in quoted-printable or base64,
// whichever is shorter. Lines of `text` end with "\n".
std::string mime_part(std::string_view content_type, std::string_view text);

// Base64 in lines of at most 76 characters that end with CRLF.
std::string base64_lines(std::string_view bytes);
// The same for quoted-printable; line feeds become CRLF.
std::string quoted_printable(std::string_view text);

}  // namespace altis::channels
