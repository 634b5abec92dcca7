"""The words of the reading room in both languages."""

from review.words import Phrase

ROOM: dict[str, Phrase] = {
    "room": Phrase("阅览室", "Reading room"),
    "skip": Phrase("跳到正文", "Skip to content"),
    "inbox": Phrase("变更", "Changes"),
    "sites": Phrase("网站", "Sites"),
    "search": Phrase("搜索", "Search"),
    "status": Phrase("状态", "Status"),
    "language": Phrase("English", "中文"),
    "theme_auto": Phrase("自动", "Auto"),
    "theme_light": Phrase("浅色", "Light"),
    "theme_dark": Phrase("深色", "Dark"),
    "not_found": Phrase("没有这个页面", "There is no such page"),
    "wrong": Phrase("请求有误", "The request is wrong"),
    "back": Phrase("返回变更列表", "Back to the changes"),
}
