// Mail: a notice as a whole message (RFC 5322), signed, with one click to end it (RFC 8058).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "channels/dkim.h"
#include "channels/notice.h"

namespace altis::channels {

constexpr std::size_t kMaxSenderNameBytes = 100;
constexpr std::size_t kMaxUnsubscribeUrlBytes = 500;

struct EmailSettings {
    std::string name;      // shown beside the address; UTF-8 in one line, may be empty
    std::string address;   // who writes
    std::string domain;    // that signs; message ids end with it
    std::string selector;  // of the key in the DNS of the domain
    std::string key;       // in PEM: RSA of 2,048 bits or more, or Ed25519
};

// Fails with "email.address" unless it is ASCII, a dot-atom, "@" and a domain, of at most
// codec::kMaxEmailBytes. The message does not repeat it.
Result<void> check_email_address(std::string_view address);

// Writes the messages of one sender. Any thread.
class Email {
  public:
    // Fails with "email.name", "email.address", or as `Dkim::create` does.
    static Result<Email> create(const EmailSettings& settings);

    // The TXT record that receivers check signatures with, and its name.
    const Dkim& dkim() const { return dkim_; }

    // A message with its header, in ASCII lines of at most 998 characters that end with CRLF; none
    // is a dot alone. Text and HTML say the same. Without a title the first line of the text is the
    // subject, never cut: a number cut short would be another number. `unsubscribe_url` is an https
    // URL that ends all mail to this address by a POST without a question. Fails as `check` does
    // for notices, with "email.to" or "email.unsubscribe_url", which repeat nothing.
    Result<std::string> make(std::string_view to, const Notice& notice,
                             std::string_view unsubscribe_url, Time now) const;

  private:
    Email(const EmailSettings& settings, Dkim dkim);

    std::string from_;
    std::string domain_;
    Dkim dkim_;
};

}  // namespace altis::channels
