#include "service/secrets.h"

#include <algorithm>

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
    return secrets;
}

}  // namespace altis::service
