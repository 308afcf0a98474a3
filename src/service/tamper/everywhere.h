// Tampering with everything that is stored or told about results, at random.
#pragma once

#include "service/tamper/feed_tamper.h"
#include "service/tamper/journal_tamper.h"
#include "service/tamper/log_tamper.h"

namespace altis::service::tamper {

class Everywhere {
  public:
    // One change somewhere, and what its reader made of it.
    void once(Random& random, Report& report) {
        const auto how = static_cast<How>(pick(random, kHowNames.size()));
        const std::size_t place = pick(random, 10);
        while (true) {
            const auto [where, verdict] = tamper(place, how, random);
            if (verdict.is_harmless) continue;
            return report.note(where, how, verdict);
        }
    }

  private:
    std::pair<std::string_view, Verdict> tamper(std::size_t place, How how, Random& random) {
        if (place < 4) return {"journal", journal_.tamper(how, random)};
        if (place < 7) return {"feed", feed_.tamper(how, random)};
        if (place == 7) return {"proof", log_.tamper_proof(how, random)};
        if (place == 8) return {"checkpoint", log_.tamper_checkpoint(how, random)};
        return {"tile", log_.tamper_tile(how, random)};
    }

    JournalTamper journal_;
    FeedTamper feed_;
    LogTamper log_;
};

}  // namespace altis::service::tamper
