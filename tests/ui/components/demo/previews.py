"""The previews of messages with harmless and with hostile contents."""

import streamlit as st

from omni.ui.components.email_preview import email_preview
from omni.ui.components.phone_preview import sms_preview

MAIL = """<html><head><style>h1 { color: #4f46e5; font-size: 22px } .b { background: #4f46e5; color: #fff;
padding: 10px 18px; border-radius: 8px; text-decoration: none }</style></head><body style="margin: 24px">
<h1>Sua fatura chegou</h1><p>Olá Maria, sua fatura de <b>R$ 123,45</b> vence em 05/12.</p>
<p><a class="b" href="https://www.example.com/pay">Ver fatura</a></p>
<img alt="banner" src="https://www.example.com/banner.png"></body></html>"""
HOSTILE = """<base href="https://www.example.com/"><link rel="preconnect" href="https://www.example.com">
<link rel="stylesheet" href="https://www.example.com/a.css"><meta http-equiv="refresh" content="0;url=/away">
<script>parent.document.title = "taken"; document.body.append("ran")</script>
<img src="x" onerror="document.body.append('ran')"><img src="https://www.example.com/pixel.gif">
<div style="background: url(https://www.example.com/b.png)">styled</div><iframe src="https://www.example.com"></iframe>
<form action="https://www.example.com/f"><button id="send">send</button></form>
<a id="self" target="_self" href="https://www.example.com/1">one</a>
<a id="top" target="_top" href="/2">two</a>
<a id="plain" href="https://www.example.com/3">three</a>
<a id="code" href="javascript:document.body.append('ran')">four</a>"""
WORDS = "Olá Maria, sua fatura de R$ 123,45 vence em 05/12/2026.\nPague pelo link: example.com/f/8812"

left, right = st.columns(2, gap="large")
with left:
    hostile = "hostile" in st.query_params
    email_preview(
        HOSTILE if hostile else MAIL,
        title="Preview of the e-mail",
        key="mail",
        subject="Sua fatura de novembro",
        sender="Loja Exemplo <cobranca@example.com>",
        blocked="Images on other sites are not loaded here.",
    )
with right:
    words = "<img src=x onerror=alert(1)> <b>text</b>" if "markup" in st.query_params else WORDS
    sms_preview(words, sender="27182", key="sms", note="93 caracteres · 1 SMS")
    sms_preview(WORDS, sender="27182", key="flash", note="Aparece na tela e não fica guardada", flash=True)
    sms_preview(WORDS, sender="0800 000 0000", key="call", note="Cerca de 9 segundos", kind="VOICE")
