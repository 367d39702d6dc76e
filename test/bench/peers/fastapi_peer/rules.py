"""What Instagram takes, for what the posts of the bench can have: the same findings, in the same order, as the application's."""

import re

HASHTAG = re.compile(r"#\w+")
MENTION = re.compile(r"(?<![\w.])@[A-Za-z0-9._]+")
MAX_ITEMS = {"image": 1, "carousel": 10, "reel": 1, "story": 1}
TAKEN = {
    "image": ("image/jpeg",),
    "carousel": ("image/jpeg", "video/mp4", "video/quicktime"),
    "reel": ("video/mp4", "video/quicktime"),
    "story": ("image/jpeg", "video/mp4", "video/quicktime"),
}
MIB = 1024 * 1024
IMAGE = {"bytes": 8 * MIB, "ratio": (0.8, 1.91)}
REEL = {"bytes": 300 * MIB, "ratio": (0.01, 10), "ms": (3000, 900000)}
STORY = {"bytes": 100 * MIB, "ratio": (0.1, 10), "ms": (3000, 60000)}
WITHOUT_ALT_TEXT = ("reel", "story")
UPRIGHT = 0.56


def report(post):
    """The problems and warnings of a post with the facts of its account and files."""
    problems, warnings = [], []
    for is_warning, pointer, code, detail in findings(post):
        (warnings if is_warning else problems).append({"pointer": pointer, "code": code, "detail": detail})
    return {"problems": problems, "warnings": warnings}


def findings(post):
    kind, media = post["kind"], post["media"]
    account, caption = post["account"], post["caption"]
    if post["accountId"] is None:
        yield False, "/accountId", "account/missing", "choose the Instagram account to publish to"
    if account is not None and account["status"] != "active":
        yield False, "/accountId", "account/not-active", f"the account is {account['status']}"
    if post["duplicateOf"] is not None:
        yield True, "", "content/duplicate", f"post {post['duplicateOf']} has the same words and media"
    if not media:
        yield False, "/media", "media/missing", "choose what to show"
    if kind == "carousel" and 0 < len(media) < 2:
        yield False, "/media", "media/too-few", f"has {len(media)}; a carousel needs at least 2 items"
    if len(media) > MAX_ITEMS[kind]:
        yield False, "/media", "media/too-many", f"has {len(media)}; a {kind} holds at most {MAX_ITEMS[kind]}"
    for rule in ITEM_RULES:
        yield from rule(kind, media)
    yield from of_caption(kind, caption or "")
    for index, item in enumerate(media):
        is_bare = kind in WITHOUT_ALT_TEXT or is_video(item["file"])
        if item["altText"] is not None and is_bare:
            yield False, f"/media/{index}/altText", "alt-text/foreign", f"a {kind} takes no alt text"
    for index, item in enumerate(media):
        is_bare = kind in WITHOUT_ALT_TEXT or is_video(item["file"])
        if item["altText"] is None and not is_bare:
            yield True, f"/media/{index}/altText", "alt-text/missing", "people who cannot see the picture are told nothing"
    if kind != "reel":
        for name in post["options"]:
            if name in ("shareToFeed", "audioName", "thumbOffsetMs", "trial"):
                yield False, f"/options/{name}", "options/foreign", f"is not for a {kind}"


def of_caption(kind, caption):
    if len(caption) > 2200:
        yield False, "/caption", "caption/too-long", f"has {len(caption)} characters; Instagram takes 2200"
    if len(HASHTAG.findall(caption)) > 30:
        yield False, "/caption", "caption/too-many-hashtags", "Instagram takes 30 hashtags"
    if len(MENTION.findall(caption)) > 20:
        yield False, "/caption", "caption/too-many-mentions", "Instagram takes 20 mentions"
    if kind == "story" and caption:
        yield True, "/caption", "caption/ignored", "a story has no caption; these words are not published"


def is_video(file):
    return (file["contentType"] or "").startswith("video/")


def limits(kind, file):
    if not is_video(file):
        return IMAGE
    return STORY if kind == "story" else REEL


def ratio_of(file):
    return None if file["width"] is None else round(100 * file["width"] / file["height"]) / 100


def each_item(code, is_warning, fault):
    def rule(kind, media):
        for index, item in enumerate(media):
            detail = fault(item["file"], kind, media)
            if detail is not None:
                yield is_warning, f"/media/{index}", code, detail

    return rule


def each_ready(code, is_warning, fault):
    return each_item(code, is_warning, lambda file, kind, media: fault(file, kind, media) if file["status"] == "ready" else None)


def each_video(code, is_warning, fault):
    return each_ready(code, is_warning, lambda file, kind, media: fault(file, kind) if is_video(file) else None)


def not_ready(file, kind, media):
    return f"the file is still {file['status']}" if file["status"] in ("pending", "processing") else None


def rejected(file, kind, media):
    return "the file was rejected" if file["status"] == "rejected" else None


def wrong_type(file, kind, media):
    return None if file["contentType"] in TAKEN[kind] else f"is {file['contentType']}"


def too_large(file, kind, media):
    most = limits(kind, file)["bytes"]
    return f"has {file['bytes']} bytes; Instagram takes {most}" if file["bytes"] > most else None


def wrong_ratio(file, kind, media):
    if kind == "story" and not is_video(file):
        return None
    ratio, (least, most) = ratio_of(file), limits(kind, file)["ratio"]
    if ratio is None or (file["width"] / file["height"] >= least and ratio <= most):
        return None
    return f"is {ratio}:1; Instagram takes {least}:1 to {most}:1"


def not_upright(file, kind, media):
    if kind not in ("reel", "story") or ratio_of(file) in (None, UPRIGHT):
        return None
    return "Instagram recommends 9:16"


def cropped(file, kind, media):
    own, shown = ratio_of(file), ratio_of(media[0]["file"])
    if kind != "carousel" or own is None or shown is None or own == shown:
        return None
    return f"is {own}:1; Instagram crops it to {shown}:1"


def scaled(file, kind, media):
    if kind == "story" or is_video(file) or file["width"] is None or 320 <= file["width"] <= 1440:
        return None
    return f"is {file['width']} pixels wide"


def other_colors(file, kind, media):
    traits = file["traits"] or {}
    if traits.get("kind") != "image":
        return None
    profile = traits["colorProfile"]
    is_srgb = profile is None or "srgb" in profile.lower()
    return None if is_srgb and traits["colorModel"] != "cmyk" else "colours may change"


def too_short(file, kind):
    return "is too short" if file["durationMs"] is not None and file["durationMs"] < limits(kind, file)["ms"][0] else None


def too_long(file, kind):
    return "is too long" if file["durationMs"] is not None and file["durationMs"] > limits(kind, file)["ms"][1] else None


def too_wide(file, kind):
    return "is too wide" if file["width"] is not None and file["width"] > 1920 else None


def too_small(file, kind):
    return "may be refused" if file["width"] is not None and min(file["width"], file["height"]) < 640 else None


def of_traits(fault):
    return lambda file, kind: fault(file["traits"]) if file["traits"] else None


def wrong_audio(traits):
    if traits["audioCodec"] not in (None, "aac"):
        return "Instagram takes aac"
    is_too_much = (traits["audioChannels"] or 0) > 2 or (traits["audioSampleRate"] or 0) > 48000
    return "Instagram takes two channels of 48000 Hz" if is_too_much else None


def wrong_rate(traits):
    rate = traits["frameRate"]
    return None if rate is None or (rate >= 23 and round(rate) <= 60) else "Instagram takes 23 to 60"


ITEM_RULES = (
    each_item("media/not-ready", False, not_ready),
    each_item("media/rejected", False, rejected),
    each_ready("media/wrong-type", False, wrong_type),
    each_ready("media/too-large", False, too_large),
    each_ready("media/aspect-ratio", False, wrong_ratio),
    each_ready("media/not-upright", True, not_upright),
    each_ready("media/cropped", True, cropped),
    each_ready("media/scaled", True, scaled),
    each_ready("media/color-profile", True, other_colors),
    each_video("media/too-short", False, too_short),
    each_video("media/too-long", False, too_long),
    each_video("media/too-wide", False, too_wide),
    each_video("media/may-be-too-small", True, too_small),
    each_video("media/codec", False, of_traits(lambda t: None if t["videoCodec"] in ("h264", "hevc") else "no")),
    each_video("media/frame-rate", False, of_traits(wrong_rate)),
    each_video("media/bit-rate", False, of_traits(lambda t: "no" if (t["videoBitRate"] or 0) > 25000000 else None)),
    each_video("media/chroma", False, of_traits(lambda t: None if t["chroma"] in (None, "4:2:0") else "no")),
    each_video("media/audio", False, of_traits(wrong_audio)),
    each_video("media/interlaced", True, of_traits(lambda t: "may be" if t["isInterlaced"] else None)),
    each_video("media/edit-list", True, of_traits(lambda t: "has one" if t["hasEditList"] else None)),
)
