import FakeBotAPI
