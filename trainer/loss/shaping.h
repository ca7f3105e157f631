// trainer/loss/shaping.h -- Reward components that need no verifier: they judge form, not answers.
#pragma once

#include <cstdint>
#include <string_view>

namespace assay {

// DAPO's soft overlong punishment: 0 up to max_length - cache tokens, then linearly down to -1 at
// max_length, -1 beyond.
double OverlongPenalty(std::int64_t length, std::int64_t max_length, std::int64_t cache);

// 1 when `text` is exactly <think>…</think> followed by <answer>…</answer>, each tag once, with
// nothing but white space around them; 0 otherwise.
double ThinkAnswerFormat(std::string_view text);

// The share, in [0, 1], of the text's `n`-word runs that repeat an earlier one (0 for short texts).
double RepetitionShare(std::string_view text, int n);

// The share, in [0, 1], of letters that belong to `script`: "latin", "cyrillic", "greek", "arabic",
// "hebrew", "devanagari", "kana", "hangul" or "han". 1 for texts without letters. A stand-in for
// language consistency that needs no model.
double ScriptShare(std::string_view text, std::string_view script);
bool KnownScript(std::string_view script);

}  // namespace assay
