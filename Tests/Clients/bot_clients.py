"""Other people's bot libraries as bots of the tests' Bot API server.

    bot_clients.py FAKE_BOT_API

aiogram and python-telegram-bot each poll, download a user's file, answer with a document, edit a
message, answer a press, wait out a 429, and survive a bad gateway and a conflict. aiogram's models
also say whether the server's objects have only fields that exist, and whether its methods have the
parameters that are documented. Exit code 0 only when all of that held.
"""

import asyncio
import io
import logging
import pathlib
import sys
import tempfile

import aiogram
import aiogram.methods
import aiogram.types
import telegram
import telegram.ext
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter

import fake_server
from fake_server import ANN, TOKEN, Fake, check, until

# Deprecated parameters that aiogram still models; a bot of ours must not send them.
DEPRECATED = {"reply_to_message_id", "allow_sending_without_reply", "disable_web_page_preview"}
# aiogram has no required text since a message can be edited into a rich one.
NOT_REQUIRED = {("editMessageText", "text")}


# What the libraries' bots do


def enlarged(name):
    return name.rsplit(".", 1)[0] + "_x4.png"


class AiogramBot:
    name = "aiogram"

    def __init__(self, root):
        server = TelegramAPIServer.from_base(root)
        self.bot = aiogram.Bot(TOKEN, session=AiohttpSession(api=server))
        self.dispatcher = aiogram.Dispatcher()
        self.dispatcher.message(aiogram.F.document)(self.document)
        self.dispatcher.message(aiogram.F.photo | aiogram.F.sticker)(self.picture)
        self.dispatcher.message(aiogram.filters.Command("start"))(self.start)
        self.dispatcher.callback_query()(self.pressed)

    async def start(self, message: aiogram.types.Message):
        keyboard = aiogram.types.ReplyKeyboardMarkup(
            keyboard=[[aiogram.types.KeyboardButton(text="Help")]], resize_keyboard=True)
        await message.answer("welcome", reply_markup=keyboard)

    async def picture(self, message: aiogram.types.Message):
        file = message.sticker or max(message.photo, key=lambda one: one.width * one.height)
        content = await self.bot.download(file)
        await message.reply(f"{len(content.read())} bytes")

    async def document(self, message: aiogram.types.Message):
        button = aiogram.types.InlineKeyboardButton(text="Cancel", callback_data="cancel")
        keyboard = aiogram.types.InlineKeyboardMarkup(inline_keyboard=[[button]])
        status = await message.reply("working", reply_markup=keyboard)
        await self.bot.send_chat_action(message.chat.id, "upload_document")
        content = (await self.bot.download(message.document)).read()
        file = aiogram.types.BufferedInputFile(
            content[::-1], enlarged(message.document.file_name))
        while True:
            try:
                await message.answer_document(
                    file, caption="done",
                    reply_parameters=aiogram.types.ReplyParameters(
                        message_id=message.message_id, allow_sending_without_reply=True))
                break
            except TelegramRetryAfter as error:
                await asyncio.sleep(error.retry_after)
        await status.edit_text("ready", reply_markup=keyboard)

    async def pressed(self, query: aiogram.types.CallbackQuery):
        await query.answer("stopped")
        await query.message.delete()

    async def run(self, stop):
        polling = asyncio.create_task(
            self.dispatcher.start_polling(self.bot, handle_signals=False, polling_timeout=5))
        await stop.wait()
        await self.dispatcher.stop_polling()
        await polling


class PythonTelegramBot:
    name = "python-telegram-bot"

    def __init__(self, root):
        self.application = (
            telegram.ext.Application.builder().token(TOKEN)
            .base_url(root + "/bot").base_file_url(root + "/file/bot").build())
        filters = telegram.ext.filters
        for handler in [
            telegram.ext.CommandHandler("start", self.start),
            telegram.ext.MessageHandler(filters.Document.ALL, self.document),
            telegram.ext.MessageHandler(filters.PHOTO | filters.Sticker.ALL, self.picture),
            telegram.ext.CallbackQueryHandler(self.pressed),
        ]:
            self.application.add_handler(handler)

    async def start(self, update, context):
        keyboard = telegram.ReplyKeyboardMarkup([["Help"]], resize_keyboard=True)
        await update.message.reply_text("welcome", reply_markup=keyboard)

    async def picture(self, update, context):
        message = update.message
        attachment = message.sticker or max(message.photo, key=lambda one: one.width * one.height)
        file = await attachment.get_file()
        content = await file.download_as_bytearray()
        await message.reply_text(f"{len(content)} bytes", do_quote=True)

    async def document(self, update, context):
        message = update.message
        keyboard = telegram.InlineKeyboardMarkup(
            [[telegram.InlineKeyboardButton("Cancel", callback_data="cancel")]])
        status = await message.reply_text("working", reply_markup=keyboard, do_quote=True)
        await message.reply_chat_action("upload_document")
        file = await message.document.get_file()
        content = bytes(await file.download_as_bytearray())
        while True:
            try:
                await message.reply_document(
                    io.BytesIO(content[::-1]), filename=enlarged(message.document.file_name),
                    caption="done",
                    reply_parameters=telegram.ReplyParameters(
                        message.message_id, allow_sending_without_reply=True))
                break
            except telegram.error.RetryAfter as error:
                seconds = error.retry_after
                await asyncio.sleep(getattr(seconds, "total_seconds", lambda: seconds)())
        await status.edit_text("ready", reply_markup=keyboard)

    async def pressed(self, update, context):
        await update.callback_query.answer("stopped")
        await update.callback_query.message.delete()

    async def run(self, stop):
        async with self.application:
            await self.application.start()
            await self.application.updater.start_polling(timeout=5)
            await stop.wait()
            await self.application.updater.stop()
            await self.application.stop()


# What happens to them


async def play(fake, bot, folder):
    content = bytes(range(256)) * 1500
    path = folder / "cat.jpg"
    path.write_bytes(content)
    stop = asyncio.Event()
    running = asyncio.create_task(bot.run(stop))

    def control(order, /, **request):
        return asyncio.to_thread(fake.control, order, **request)

    await until(lambda: fake.control("counters")["polled"], "the first poll")
    await control("text", user=ANN, text="/start")
    await until(lambda: [m for m in fake.answers() if m.get("text") == "welcome"], "a welcome")

    # A file, with a 429 in the middle of it.
    await control("fault", method="sendDocument", kind="too_many_requests", retry_after=1)
    sent = await control(
        "document", user=ANN, path=str(path), name="кошка 1.jpg", type="image/jpeg")
    await until(
        lambda: any(m.get("text") == "ready" for m in fake.answers()), "the edited message")
    documents = [m for m in fake.answers() if m.get("kind") == "document"]
    check(len(documents) == 1, "one document")
    document = documents[0]
    check(document["file"]["name"] == "кошка 1_x4.png", f"its name {document['file']['name']}")
    check(
        pathlib.Path(document["file"]["path"]).read_bytes() == content[::-1], "the document's bytes")
    check(document["reply"] == sent["message"], "it replies to the file")
    check(document["caption"] == "done", "its caption")
    attempts = fake.calls("sendDocument")
    check([call["status"] for call in attempts] == [429, 200], "a refusal, then success")
    check(attempts[1]["time"] - attempts[0]["end"] >= 0.9, "it waited as long as it was told")
    status = next(m for m in fake.answers() if m.get("text") == "ready")
    check(status["earlier"] == ["working"], "the text before the edit")

    # A press, with paths and objects that are as odd as they can be.
    query = await control("press", user=ANN, message=status["message"], label="Cancel")
    await until(lambda: not fake.control("counters")["unanswered"], "the answer to the press")
    answer = (await control("answers", query=query["query"]))["calls"]
    check(answer[0]["fields"]["text"] == "stopped", "what it says")
    await until(
        lambda: all(m["message"] != status["message"] for m in fake.answers()), "the deletion")
    await control("options", nulls=True, odd_paths=True, omits_sizes=True)
    await control("photo", user=ANN, path=str(path), width=640, height=480)
    await until(
        lambda: any(m.get("text") == f"{len(content)} bytes" for m in fake.answers()),
        "the answer to the photo")
    await control("sticker", user=ANN, path=str(path))
    await until(
        lambda: sum(m.get("text") == f"{len(content)} bytes" for m in fake.answers()) == 2,
        "the answer to the sticker")
    await control("options", nulls=False, odd_paths=False, omits_sizes=False)

    # Bad answers to polls, then another instance.
    for kind in ["html_bad_gateway", "truncated_json", "reset_after_body"]:
        await control("fault", method="getUpdates", kind=kind)
    await control("text", user=ANN, text="/start")
    await until(
        lambda: sum("fault" in call for call in fake.calls("getUpdates")) == 3,
        "polls that go wrong", seconds=40)
    await control("text", user=ANN, text="/start")
    await until(
        lambda: sum(m.get("text") == "welcome" for m in fake.answers()) == 3,
        "answers after the troubles", seconds=40)
    await until(lambda: fake.control("counters")["polled"], "a poll to disturb")
    await asyncio.to_thread(fake.call, "getUpdates")
    await until(
        lambda: [c for c in fake.calls("getUpdates") if c.get("status") == 409], "a conflict")
    await control("text", user=ANN, text="/start")
    await until(
        lambda: sum(m.get("text") == "welcome" for m in fake.answers()) == 4,
        "an answer after the conflict", seconds=40)

    stop.set()
    await asyncio.wait_for(running, 30)
    counters = await control("counters")
    check(counters["pending"] == 0, "all updates are confirmed")
    violations = (await control("violations"))["violations"]
    check(violations == [], f"violations: {violations}")
    check_calls(fake)


def check_calls(fake):
    """Compares what a library sent with aiogram's models of the methods."""
    methods = fake.control("methods")
    for call in fake.calls():
        name = call["method"]
        if name == "file":
            continue
        fields = model(name).model_fields
        given = set(call["fields"]) | {
            upload for upload in call["uploads"]
            if f"attach://{upload}" not in call["fields"].values()}
        check(given <= set(fields), f"{name} with {given - set(fields)}")
        needed = {key for key, field in fields.items() if field.is_required()}
        check(needed <= given, f"{name} without {needed - given}")
        check(given <= set(methods[name]["required"] + methods[name]["optional"]), name)


def model(name):
    return getattr(aiogram.methods, name[0].upper() + name[1:])


# aiogram's models as a schema


def strangers(value, path=""):
    """Fields of a parsed object that aiogram has no name for."""
    found = []
    if isinstance(value, list):
        for item in value:
            found += strangers(item, path + "[]")
    elif isinstance(value, aiogram.types.base.TelegramObject):
        found += [f"{path}.{name}" for name in value.model_extra or {}]
        for name in type(value).model_fields:
            found += strangers(getattr(value, name), f"{path}.{name}")
    return found


def check_objects(fake, folder):
    """Everything that the server writes, read by aiogram's models."""
    path = folder / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x80\0\0\1\xe0")
    group = -1001
    fake.control("group", id=group, title="Cats", super=True)
    fake.control("group", id=-7)
    fake.control("options", privacy=False)
    fake.call("getUpdates", allowed_updates=["message", "callback_query", "my_chat_member"])
    for nulls in [False, True]:
        fake.control("options", nulls=nulls)
        first = fake.control("text", user=ANN, text="/start now")["message"]
        fake.control("text", user=ANN, text="hello", reply=first)
        photo = fake.control("photo", user=ANN, path=str(path), caption="x2", group=group)
        fake.control("text", user=ANN, text="/x", group=group, reply=photo["message"])
        fake.control("document", user=ANN, path=str(path), type="image/png")
        fake.control("sticker", user=ANN, path=str(path))
        for kind in ["animation", "video", "video_note", "voice", "audio"]:
            fake.control("media", user=ANN, kind=kind)
        fake.control(
            "album", user=ANN, caption="two", items=[
                {"kind": "photo", "path": str(path)}, {"kind": "document", "path": str(path)}])
        fake.control("press", user=ANN, message=first, data="x")
        fake.control("press", user=ANN, message=10_000, data="x")
        fake.control("block", user=ANN)
        fake.control("unblock", user=ANN)
        if nulls:
            fake.control("migrate", user=ANN, group=-7, to=-1007)
        updates = fake.call("getUpdates")["result"]
        check(len(updates) == (19 if nulls else 17), f"{len(updates)} updates")
        for update in updates:
            parsed = aiogram.types.Update.model_validate(update)
            check(strangers(parsed) == [], f"{strangers(parsed)} in {update}")
            check(parsed.event_type in update, "an update of a known kind")
        fake.call("getUpdates", offset=updates[-1]["update_id"] + 1)

        file = next(u["message"]["document"] for u in updates if "document" in u.get("message", {})
                    and u["message"]["document"])
        button = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
        said = fake.call("sendMessage", chat_id=ANN, text="hi", reply_markup=button)["result"]
        for kind, answer in [
            (aiogram.types.User, fake.call("getMe")),
            (aiogram.types.WebhookInfo, fake.call("getWebhookInfo")),
            (aiogram.types.ChatFullInfo, fake.call("getChat", chat_id=ANN)),
            (aiogram.types.ChatFullInfo, fake.call("getChat", chat_id=group)),
            (aiogram.types.File, fake.call("getFile", file_id=file["file_id"])),
            (aiogram.types.Message, {"result": said}),
            (aiogram.types.Message, fake.call(
                "editMessageText", chat_id=ANN, message_id=said["message_id"], text="new")),
            (aiogram.types.Message, fake.call(
                "sendDocument", chat_id=ANN, document=file["file_id"], caption="again")),
        ]:
            parsed = kind.model_validate(answer.get("result"))
            check(strangers(parsed) == [], f"{strangers(parsed)} in {answer}")
    check(fake.control("violations")["violations"] == [], "no violations")


def check_methods(fake):
    """The server's parameters against aiogram's, both ways."""
    methods = fake.control("methods")
    check(len(methods) >= 24, "the methods")
    for name, parameters in methods.items():
        fields = model(name).model_fields
        ours = set(parameters["required"] + parameters["optional"])
        theirs = set(fields) - DEPRECATED
        check(ours == theirs, f"{name}: {ours ^ theirs}")
        required = {key for key, field in fields.items() if field.is_required()}
        required |= {key for method, key in NOT_REQUIRED if method == name}
        check(set(parameters["required"]) == required, f"{name} requires {required}")


async def check_local(fake, folder):
    """A server of one's own gives paths instead of downloads."""
    fake.control("options", local=True)
    path = folder / "large.bin"
    path.write_bytes(b"large" * 100)
    fake.control("document", user=ANN, path=str(path))
    file = fake.call("getUpdates", offset=-1)["result"][0]["message"]["document"]
    server = TelegramAPIServer.from_base(fake.root, is_local=True)
    async with aiogram.Bot(TOKEN, session=AiohttpSession(api=server)) as bot:
        content = await bot.download(file["file_id"])
        check(content.read() == b"large" * 100, "a local file")


def main():
    program = sys.argv[1]
    logging.basicConfig(level=logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for make in [AiogramBot, PythonTelegramBot]:
            start = fake_server.checks
            with Fake(program) as fake:
                fake.control("user", id=ANN, name="Ann", username="ann", language="ru")
                asyncio.run(asyncio.wait_for(play(fake, make(fake.root), folder), 120))
            print(f"{make.name}: {fake_server.checks - start} checks held")
        start = fake_server.checks
        with Fake(program) as fake:
            fake.control("user", id=ANN, name="Ann", username="ann", language="ru")
            check_methods(fake)
            check_objects(fake, folder)
            asyncio.run(check_local(fake, folder))
        print(f"aiogram's models: {fake_server.checks - start} checks held")


main()
