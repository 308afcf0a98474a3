// Secrets of the installation that the flows need, read from the vault once.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/vault.h"
#include "fans/ingest.h"

namespace altis::service {

struct Secrets {
    fans::IngestKeys ingest;         // fingerprints of identifiers, tags of e-mail addresses
    crypto::Digest message_ids{};    // makes ids of messages that cannot be guessed
    crypto::Digest orders{};         // makes fingerprints of order ids
    crypto::Digest fact_log{};       // signs the log of published facts
    crypto::Digest exports{};        // makes the tags of fans in exported segments
    crypto::Digest webhooks{};       // makes the secrets of webhooks
    crypto::Digest subscriptions{};  // makes ids of addresses that cannot be guessed
    crypto::Digest web_push{};       // makes the key by which push services know this installation
    crypto::Digest in_app{};         // makes the links to a fan's own stream
    crypto::Digest fan_pages{};      // signs the links to fans' own pages
    crypto::Digest commitments{};    // hides tables of clean rooms behind their commitments
};

Result<Secrets> read_secrets(crypto::Vault& vault);

// The commitment to a table as receipts and answers give it, in hex: that of its rows, in hex,
// under a salt of the organisation that brings it. Another organisation that brings the same rows,
// to see whether they are the same, gets another one.
std::string published_commitment(const Secrets& secrets, std::string_view organisation,
                                 std::string_view committed);

}  // namespace altis::service
