#include "cleanroom/crossing/crossing.h"

#include "base/assert.h"

namespace altis::cleanroom::crossing {
namespace {

Result<void> require_enough(const Terms& terms, std::size_t members) {
    if (members >= static_cast<std::size_t>(terms.minimum)) return {};
    return fail(Code::kDenied, "crossing.too_few_members",
                "The file has fewer consenting persons than the terms' minimum.");
}

void tell(FrameLink& link, Verdict verdict) {
    const char byte = static_cast<char>(verdict);
    // Whether it arrives changes nothing here.
    static_cast<void>(link.send(FrameType::kVerdict, {&byte, 1}));
}

// One crossing after the checks of what is our own.
class Session {
  public:
    Session(const Terms& terms, const OwnSide& own, std::size_t party, std::uint32_t own_class,
            Wire& wire)
        : terms_(terms), own_(own), hash_(hash_of(terms)), party_(party), link_(wire) {
        crossed_.receives = terms.parties[party].receives;
        crossed_.own_class = own_class;
    }

    Result<Crossed> run(const IntersectionProtocol& protocol) {
        TRY_VOID(greet());
        auto both = protocol.run(own_.members, meeting(), link_);
        if (!both) {
            tell(link_, Verdict::kBroken);
            return tl::unexpected<Error>(both.error());
        }
        crossed_.both = std::move(*both);
        TRY_VOID(conclude());
        crossed_.bytes_sent = link_.bytes_sent();
        crossed_.bytes_received = link_.bytes_received();
        return std::move(crossed_);
    }

  private:
    Result<void> greet() {
        crossed_.own_signature =
            own_.signer.sign(hello_text(party_, own_.session, hash_, crossed_.own_class));
        TRY_VOID(link_.send(FrameType::kHello,
                            encode_hello({hash_, crossed_.own_class, crossed_.own_signature})));
        TRY(const Frame frame, link_.receive(FrameType::kHello));
        TRY(const Hello hello, decode_hello(frame.payload));
        if (hello.terms != hash_) {
            tell(link_, Verdict::kOtherTerms);
            return fail(Code::kConflict, "crossing.other_terms",
                        "The other side works under other terms; compare the two files.");
        }
        const std::size_t other = 1 - party_;
        if (!is_size_class(hello.size_class) ||
            !crypto::verify_signature(terms_.parties[other].key,
                                      hello_text(other, own_.session, hash_, hello.size_class),
                                      hello.signature)) {
            tell(link_, Verdict::kBroken);
            return fail(Code::kDenied, "crossing.forged_hello",
                        "The other side did not sign the terms for this connection with the key "
                        "that they name.");
        }
        crossed_.peer_class = hello.size_class;
        crossed_.peer_signature = hello.signature;
        return {};
    }

    Meeting meeting() const {
        return {hash_,
                own_.seed,
                crossed_.own_class,
                crossed_.peer_class,
                crossed_.receives,
                terms_.parties[1 - party_].receives,
                own_.threads,
                own_.progress};
    }

    Result<void> conclude() {
        const bool is_small =
            crossed_.receives && crossed_.both.size() < static_cast<std::size_t>(terms_.minimum);
        tell(link_, is_small ? Verdict::kTooSmall : Verdict::kDone);
        if (is_small) {
            return fail(Code::kDenied, "crossing.result_too_small",
                        "Fewer persons are in both lists than the terms' minimum; neither side "
                        "gets a result.");
        }
        TRY_VOID(link_.receive(FrameType::kVerdict));
        return {};
    }

    const Terms& terms_;
    const OwnSide& own_;
    const crypto::Digest hash_;
    const std::size_t party_;
    FrameLink link_;
    Crossed crossed_;
};

}  // namespace

std::string hello_text(std::size_t party, const crypto::Digest& session,
                       const crypto::Digest& terms, std::uint32_t size_class) {
    std::string text = "altis crossing hello 1\n";
    text.push_back(static_cast<char>(party));
    text.append(crypto::as_text(session)).append(crypto::as_text(terms));
    return text.append(reinterpret_cast<const char*>(&size_class), sizeof size_class);
}

Result<Crossed> cross(const Terms& terms, const OwnSide& own, const IntersectionProtocol& protocol,
                      Wire& wire) {
    ALTIS_ASSERT(protocol.name() == terms.protocol);
    TRY_VOID(require_in_force(terms, own.now));
    TRY(const std::size_t party, party_with(terms, own.signer.public_key()));
    TRY_VOID(require_enough(terms, own.members.size()));
    TRY(const std::uint32_t own_class, size_class(own.members.size()));
    return Session(terms, own, party, own_class, wire).run(protocol);
}

}  // namespace altis::cleanroom::crossing
