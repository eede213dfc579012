## latency-ratio

latency-ratio = { $quantile } % ответов вашего сервиса пришли за { MICROS($yours) }, ответов эталона — за { MICROS($yardstick) }.
latency-ratio-expected = не больше { $percent } % времени эталона
latency-ratio-observed = { $percent } % (истинное значение — от { $low } до { $high } %)
latency-ratio-measured = Пар коротких замеров: { $pairs }; запросов к каждому сервису: { $calls }, по { $rate } в секунду. 99 % из них генератор нагрузки отправил не позже чем через { MICROS($late) } после назначенного момента.
latency-ratio-failed = Без ответа вашего сервиса осталось запросов: { $calls }. Каждый считается самым долгим.
latency-unanswered = При { $rate } запросах в секунду ваш сервис дважды оставил без ответа { $unanswered } из { $calls }. Эталон на той же машине и в то же время отвечал.
latency-unanswered-expected = каждый ответ — за { SECONDS($limit) }
latency-unanswered-observed = не успел: { $late }, отказал в соединении: { $refused }, оборвал: { $cut }, не HTTP или слишком много: { $garbled }

## Что не так у нас

broken-mix-empty = В нагрузке лабораторной нет ни одного запроса.
broken-mix-column = Текст лабораторной { $text } называет столбец, которого в её выборке нет, или сама выборка пуста.
broken-mix-request = Запрос лабораторной { $text } составлен неверно.
broken-load = Генератор нагрузки не запускается.
broken-load-late = В { $pairs } парах замеров генератор нагрузки не выдержал расписания (в последней опоздал на { $late } мс) или не ответил эталон: машина слишком занята, чтобы измерять задержку.
broken-latency-open = Пар замеров: { $pairs }, но уложилась ли задержка в { $limit } % от эталона, по ним не решить: истинное значение — от { $low } до { $high } %.
broken-yardstick = Эталон { $service } — наш собственный сервис — ответил неверно.
