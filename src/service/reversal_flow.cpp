#include "service/reversal_flow.h"

#include <string>
#include <unordered_set>
#include <vector>

namespace altis::service {
namespace {

std::unordered_set<std::string> wrong_messages(const World& world,
                                               const messages::Plan& correction) {
    std::unordered_set<std::string> ids;
    for (auto& person : world.messages.misinformed(correction))
        ids.insert(std::move(person.message));
    return ids;
}

// The same sale with all of it for the seller.
market::Entry unshared(const market::Entry& sale, std::string_view correction, Time now) {
    market::Entry entry;
    entry.id = "unshared/" + std::string(correction) + "/" + sale.order;
    entry.time = now;
    entry.reason = "correction";
    entry.order = sale.order;
    std::int64_t gross = 0;
    std::string seller;
    for (const market::Posting& posting : sale.postings) {
        if (!posting.account.ends_with("/" + std::string(market::kReceivable))) continue;
        gross += posting.amount_minor;
        seller = posting.account.substr(0, posting.account.find('/'));
        entry.postings.push_back(posting);
    }
    for (const market::Posting& posting : sale.postings) {
        const bool is_income = posting.account.starts_with(seller + "/") &&
                               !posting.account.ends_with("/" + std::string(market::kReceivable));
        if (!is_income) continue;
        market::Posting whole = posting;
        whole.amount_minor = -gross;
        whole.share_basis_points = 0;
        entry.postings.push_back(std::move(whole));
        break;
    }
    return entry;
}

}  // namespace

void reverse_booked(Turn& turn, const messages::Plan& correction) {
    const World& world = turn.world();
    const auto wrong = wrong_messages(world, correction);
    std::vector<const market::Entry*> sales;
    for (const auto& [id, entry] : world.ledger.entries()) {
        const bool is_wrong = entry.reason == "sale" && !entry.campaign.empty() &&
                              wrong.contains(entry.message) && !world.ledger.is_reversed(id);
        if (is_wrong) sales.push_back(&entry);
    }
    for (const market::Entry* sale : sales) {
        const market::Entry kept = *sale;
        const market::Entry resale = unshared(kept, correction.fact, turn.now());
        // A seller without income of its own in it (all of it was others' share) keeps the debt.
        if (resale.postings.size() < 2) continue;
        const market::Reversal reversal{kept.id, "correction/" + correction.fact + "/" + kept.order,
                                        turn.now(), "correction"};
        if (!turn.commit(world.ledger.reverse(reversal))) continue;
        static_cast<void>(turn.commit(world.ledger.book(resale)));
    }
}

}  // namespace altis::service
