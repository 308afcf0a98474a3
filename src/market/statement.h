// Statements: what an organisation earned in a period, line by line, to the cent.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "codec/json.h"
#include "market/ledger.h"

namespace altis::market {

// From `from` (included) to `to` (not included).
struct Period {
    Time from;
    Time to;
};

// The statement of one organisation:
//   {organisation, from, to, currencies: [{currency, opening_minor, closing_minor,
//     lines: [{time, entry, reason, order, campaign, message, gross_minor, share_basis_points,
//              amount_minor, balance_minor}],
//     accounts: [{account, opening_minor, change_minor, closing_minor}]}]}
// Amounts of lines and the two balances are income (credits count as plus) over all accounts of the
// organisation but its receivable; opening + amounts = closing. `accounts` are the ledger's own
// figures, debits as plus: over all organisations they sum to zero. Lines stand in order of time,
// then entry id. `campaign` is null for a sale that no campaign led to, `gross_minor` for what is
// no share of a sale. Costs one pass over all entries.
codec::Json statement(const LedgerBook& ledger, std::string_view organisation,
                      const Period& period);

// The same for people: aligned columns, amounts with two digits, one block per currency.
std::string statement_text(const codec::Json& statement);

}  // namespace altis::market
