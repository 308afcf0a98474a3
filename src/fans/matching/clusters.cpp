#include "fans/matching/clusters.h"

#include <algorithm>
#include <numeric>

namespace altis::fans::matching {
namespace {

// One pair of records weighs at most this much for or against joining two groups.
constexpr std::int32_t kMaxVoteMillibits = 20'000;

class Groups {
  public:
    explicit Groups(std::uint32_t persons) : group_(persons), members_(persons) {
        std::iota(group_.begin(), group_.end(), 0U);
        for (std::uint32_t person = 0; person < persons; ++person)
            members_[person] = {person};
    }

    void join(const Pair& pair, const Weigh& weigh) {
        // Copies: joining changes the entries.
        const std::uint32_t into = std::min(group_[pair.left], group_[pair.right]);
        const std::uint32_t from = std::max(group_[pair.left], group_[pair.right]);
        if (into == from || !agree(into, from, weigh)) return;
        for (std::uint32_t member : members_[from])
            group_[member] = into;
        members_[into].insert(members_[into].end(), members_[from].begin(), members_[from].end());
        members_[from].clear();
    }

    std::vector<std::uint32_t> take() { return std::move(group_); }

  private:
    bool agree(std::uint32_t one, std::uint32_t other, const Weigh& weigh) const {
        if (members_[one].size() + members_[other].size() > kMaxClusterRecords) return false;
        std::int64_t votes = 0;
        for (std::uint32_t left : members_[one]) {
            for (std::uint32_t right : members_[other]) {
                const Pair pair{std::min(left, right), std::max(left, right)};
                votes += std::clamp(weigh(pair), -kMaxVoteMillibits, kMaxVoteMillibits);
            }
        }
        return votes > 0;
    }

    std::vector<std::uint32_t> group_;  // by record: the least record of its group
    std::vector<std::vector<std::uint32_t>> members_;
};

}  // namespace

std::vector<std::uint32_t> cluster(std::uint32_t persons, std::vector<WeighedPair> accepted,
                                   const Weigh& weigh) {
    std::sort(accepted.begin(), accepted.end(), [](const auto& left, const auto& right) {
        return left.millibits != right.millibits ? left.millibits > right.millibits
                                                 : left.pair < right.pair;
    });
    Groups groups(persons);
    for (const WeighedPair& pair : accepted)
        groups.join(pair.pair, weigh);
    return groups.take();
}

}  // namespace altis::fans::matching
