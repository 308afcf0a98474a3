#include "service/secrets.h"

#include <algorithm>

#include "codec/text.h"

namespace altis::service {

Result<Secrets> read_secrets(crypto::Vault& vault) {
    Secrets secrets;
    TRY(const crypto::Digest fingerprint, vault.secret("fingerprints"));
    std::copy_n(fingerprint.begin(), secrets.ingest.fingerprint.size(),
                secrets.ingest.fingerprint.begin());
    TRY(secrets.ingest.email, vault.secret("matching"));
    TRY(secrets.message_ids, vault.secret("message-ids"));
    TRY(secrets.orders, vault.secret("market-orders"));
    TRY(secrets.fact_log, vault.secret("fact-log"));
    TRY(secrets.exports, vault.secret("exports"));
    TRY(secrets.webhooks, vault.secret("webhooks"));
    TRY(secrets.subscriptions, vault.secret("subscriptions"));
    TRY(secrets.web_push, vault.secret("web-push"));
    TRY(secrets.in_app, vault.secret("in-app"));
    TRY(secrets.fan_pages, vault.secret("fan-pages"));
    TRY(secrets.commitments, vault.secret("commitments"));
    return secrets;
}

std::string published_commitment(const Secrets& secrets, std::string_view organisation,
                                 std::string_view committed) {
    const crypto::Digest salt = crypto::keyed_hash(secrets.commitments, organisation);
    return codec::to_hex(crypto::as_text(crypto::keyed_hash(salt, committed)));
}

}  // namespace altis::service
