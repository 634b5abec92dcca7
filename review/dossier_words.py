"""The words of a dossier in both languages, and its README."""

from review.words import Phrase
from storage.verdicts import Verdict

DOSSIER: dict[str, Phrase] = {
    "dossier": Phrase("变更卷宗", "Dossier of changes"),
    "made": Phrase("{time} 制作", "Made {time}"),
    "selection": Phrase("选取条件：", "Selected by:"),
    "count": Phrase("{count} 项", "{count}"),
    "empty": Phrase("没有符合条件的变更", "No change fits the selection"),
    "contents": Phrase("卷宗内容", "What is in this dossier"),
    "check": Phrase(
        "核对方法见 README.txt：sha256sum -c manifest-sha256.txt。",
        "README.txt says how to check it: sha256sum -c manifest-sha256.txt.",
    ),
    "all": Phrase("全部变更", "All changes"),
    "previous": Phrase("上一项", "Previous"),
    "next": Phrase("下一项", "Next"),
    "number": Phrase("变更编号", "Change"),
    "headers": Phrase("响应首部", "Response headers"),
    "place": Phrase("第 {number} 项", "No. {number}"),
    "text": Phrase("全文", "The text in full"),
    "texts": Phrase("两版全文", "Both texts in full"),
    "cut": Phrase("文字过长，此处有删节。", "These texts are very long and cut here."),
}
VERDICTS: dict[Verdict, Phrase] = {
    Verdict.UNREAD: Phrase("未读", "Unread"),
    Verdict.IMPORTANT: Phrase("重要", "Important"),
    Verdict.ROUTINE: Phrase("例行", "Routine"),
    Verdict.NOISE: Phrase("噪声", "Noise"),
    Verdict.FOLLOW_UP: Phrase("待跟进", "Follow up"),
}
FILES: dict[str, Phrase] = {
    "index.html": Phrase("从这里读起：按网站和重要性排列的全部变更", "start here: all changes, by site and by rank"),
    "changes/": Phrase(
        "每项变更一页：两版文字、差异和所见证据", "one page a change: both texts, what differs, the evidence"
    ),
    "changes.json": Phrase("同样的内容，供程序读取", "the same for programs"),
    "archive.wacz": Phrase(
        "存档的原始网页，未隐去个人信息；用 replayweb.page 打开",
        "the archived pages as they were published, nothing covered; open it with replayweb.page",
    ),
    "root.json": Phrase("存档摘要根，可证明记录未被改动", "the root digest of the archive, which proves its records"),
    "proofs/": Phrase("每条记录属于该摘要根的证明", "the proof of each record that it belongs to that root"),
    "README.txt": Phrase("说明与核对方法", "this dossier explained, and how to check it"),
    "manifest-sha256.txt": Phrase("全部文件的 SHA-256", "the SHA-256 of each file"),
}
README = Phrase(
    """复文观察：变更卷宗
{made}。时间均为 {zone}。

用浏览器打开 index.html 即可阅读，不需要网络，也不会向任何网站发出请求。

内容
{files}

核对
1. 解压后在本文件夹内运行：
     sha256sum -c manifest-sha256.txt          (Linux)
     shasum -a 256 -c manifest-sha256.txt      (macOS)
   每个文件都应显示 OK。这说明卷宗自制作以来未被改动；它不说明卷宗由谁制作，请另行索取本卷宗 zip 文件的 SHA-256。
2. 每项变更都列出两次采集的记录号、时间、内容摘要，以及记录在 WARC 文件中的位置。持有存档的人可取出该记录：
     warcio extract 文件 偏移
3. {root}
{masked}
{caution}
""",
    """Replywatch: a dossier of changes
{made}. All times are {zone}.

Open index.html in a browser. It needs no network and asks no site for anything.

What is in it
{files}

How to check it
1. In the unpacked folder:
     sha256sum -c manifest-sha256.txt          (Linux)
     shasum -a 256 -c manifest-sha256.txt      (macOS)
   Each file should be OK: then nothing was altered since the dossier was made. It does not say who made it; ask whoever
   gave it to you for the SHA-256 of the zip file, by another way.
2. Each change names both captures: record id, time, digest, and where the record lies in its WARC file. Who has the
   archive can take it out:
     warcio extract FILE OFFSET
3. {root}
{masked}
{caution}
""",
)
ROOT = Phrase(
    "root.json 是存档的摘要根。持有存档的人可核对一条记录是否自那时起未变：\n"
    "     replywatch verify --root root.json --record 记录号",
    "root.json is the root digest of the archive. Who has the archive can check that a record is still what it was:\n"
    "     replywatch verify --root root.json --record RECORD_ID",
)
PROOFS = Phrase(
    "root.json 是存档的摘要根，proofs/ 中是各条记录属于它的证明（以记录号命名）。核对证明只需 replywatch，不需存档：\n"
    "     replywatch verify --root root.json --proof proofs/记录号.json\n"
    "   请与另行公布的同一摘要根比对。摘要根之后采集的记录没有证明。",
    "root.json is the root digest of the archive; proofs/ has the proof of each record that it belongs to it, named\n"
    "   after the record. To check one takes replywatch and neither database nor archive:\n"
    "     replywatch verify --root root.json --proof proofs/RECORD.json\n"
    "   Compare the root with the one that was published elsewhere. Records made after it have no proof.",
)
NO_ROOT = Phrase(
    "存档若曾公布摘要根（replywatch root），持有存档的人可据此核对任何一条记录：\n"
    "     replywatch verify --root 根文件 --record 记录号",
    "If a root digest of the archive was published (replywatch root), any record can be checked against it:\n"
    "     replywatch verify --root FILE --record RECORD_ID",
)
