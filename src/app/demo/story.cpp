#include "app/demo/story.h"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

#include "app/demo/stage.h"
#include "platform/file.h"
#include "platform/random.h"

namespace altis::app::demo {
namespace {

constexpr int kFiguresMet = 0;
constexpr int kFigureMissed = 1;
constexpr int kNotPlayed = 2;

// The demo's data folder: the one that was asked for, or a temporary one that goes with this
// object.
class DataFolder {
  public:
    explicit DataFolder(const std::string& wanted) : path_(wanted), temporary_(wanted.empty()) {
        if (!temporary_) return;
        platform::SystemRandom random;
        path_ = (std::filesystem::temp_directory_path() /
                 fmt::format("altis-demo-{:016x}", random.next_u64()))
                    .string();
    }
    ~DataFolder() {
        std::error_code ignored;
        if (temporary_) std::filesystem::remove_all(path_, ignored);
    }
    DataFolder(const DataFolder&) = delete;
    DataFolder& operator=(const DataFolder&) = delete;

    const std::string& path() const { return path_; }
    void keep() { temporary_ = false; }

    // A story needs an empty stage: its figures would not be the planted ones otherwise.
    Result<void> require_empty() const {
        std::error_code error;
        if (!std::filesystem::exists(path_, error) || std::filesystem::is_empty(path_, error)) {
            return {};
        }
        return fail(Code::kConflict, "demo.folder_in_use",
                    "the folder " + path_ + " is not empty; give --data an empty or new one");
    }

  private:
    std::string path_;
    bool temporary_;
};

using Chapter = Result<void> (*)(Stage&);
constexpr Chapter kChapters[] = {found_the_games,        let_the_fans_in, look_at_segments,
                                 meet_in_the_clean_room, skate,           sell_caps,
                                 forget_a_fan,           look_back};

Result<void> play(Stage& stage, const DataFolder& folder) {
    TRY_VOID(folder.require_empty());
    TRY(stage.server, ServerProcess::start(folder.path()));
    for (const Chapter chapter : kChapters)
        TRY_VOID(chapter(stage));
    return {};
}

// Keys of the parties for the console, beside the admin's: never printed, and for the owner alone,
// as every file that is written so.
Result<void> keep_keys(const Stage& stage, const std::string& folder) {
    for (const auto& [party, key] :
         {std::pair{"la28", &stage.holder_key}, std::pair{"airline", &stage.airline_key},
          std::pair{"results", &stage.results_key}, std::pair{"jury", &stage.jury_key}}) {
        const std::string path = folder + "/" + party + ".key";
        TRY_VOID(platform::write_file_atomically(platform::real_file_system(), path, *key + "\n"));
    }
    return {};
}

void leave_serving(Stage& stage, DataFolder& folder) {
    folder.keep();
    const auto kept = keep_keys(stage, folder.path());
    if (!kept) std::fprintf(stderr, "altis: %s\n", kept.error().message.c_str());
    const Endpoint& endpoint = stage.server->endpoint();
    const char* data = folder.path().c_str();
    std::fprintf(stderr,
                 "\nThe console shows it all: http://%s:%u/console\n"
                 "  log in with the key of LA28 (%s/la28.key)\n"
                 "  or of the airline (%s/airline.key), or, for corrections by two people, of\n"
                 "  the results desk and the jury (results.key and jury.key beside it)\n"
                 "  admin key:   %s/admin.key\n"
                 "  data folder: %s\n"
                 "  stop it:     kill %d\n",
                 endpoint.host.c_str(), static_cast<unsigned>(endpoint.port), data, data, data,
                 data, stage.server->pid());
    stage.server->leave_running();
}

}  // namespace

int play_story(const StoryOptions& options) {
    Report report(options.style);
    const Population population(options.fans, options.seed);
    DataFolder folder(options.data_directory);
    Stage stage{report, population, {}, nullptr, {}, {}, {}, {}, {}, {}, {}};
    report.say(fmt::format("Altis plays the story of a Games: {} fans, seed {}", options.fans,
                           options.seed));
    const auto played = play(stage, folder);
    if (!played) {
        report.progress_done();
        std::fprintf(stderr, "altis: %s (%s)\n", played.error().message.c_str(),
                     played.error().reason.c_str());
        return kNotPlayed;
    }
    report.set("all_figures_met", report.ok());
    report.chapter(report.ok() ? "Every figure met its planted truth."
                               : "Some figures missed their planted truth; see the lines with X.");
    report.finish();
    if (options.afterwards == Afterwards::kKeepServing) {
        leave_serving(stage, folder);
    } else {
        static_cast<void>(stage.server->stop());
    }
    return report.ok() ? kFiguresMet : kFigureMissed;
}

}  // namespace altis::app::demo
