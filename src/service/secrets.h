// Secrets of the installation that the flows need, read from the vault once.
#pragma once

#include "base/result.h"
#include "crypto/vault.h"
#include "fans/ingest.h"

namespace altis::service {

struct Secrets {
    fans::IngestKeys ingest;       // fingerprints of identifiers, tags of e-mail addresses
    crypto::Digest message_ids{};  // makes ids of messages that cannot be guessed
    crypto::Digest orders{};       // makes fingerprints of order ids
    crypto::Digest fact_log{};     // signs the log of published facts
    crypto::Digest exports{};      // makes the tags of fans in exported segments
    crypto::Digest webhooks{};     // makes the secrets of webhooks
};

Result<Secrets> read_secrets(crypto::Vault& vault);

}  // namespace altis::service
