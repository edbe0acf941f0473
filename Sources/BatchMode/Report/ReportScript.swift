/// The page's script: the dividers and the filter. Everything else works without it.
///
/// It finds elements by their names and never makes markup of texts.
let reportScript = """
  'use strict';
  (() => {
    const root = document.documentElement;
    // Before anything is drawn: the style lays pairs side by side where there is no script.
    root.dataset.script = 'on';

    const divide = input => {
      input.parentNode.style.setProperty('--at', input.value + '%');
      input.parentNode.classList.toggle('hide-left', input.value < 25);
      input.parentNode.classList.toggle('hide-right', input.value > 75);
    };
    document.addEventListener('input', event => {
      if (event.target.matches('.divider')) divide(event.target);
    });

    document.addEventListener('DOMContentLoaded', () => {
      document.querySelectorAll('.divider').forEach(divide);
      const text = document.getElementById('text');
      if (text) {
        const items = Array.from(document.querySelectorAll('.item'), element => ({
          element,
          status: element.dataset.status,
          words: Array.from(element.querySelectorAll('bdi'), part => part.textContent)
            .join('\\n').toLowerCase(),
        }));
        const sections = document.querySelectorAll('main > section[id]');
        const count = document.getElementById('count');
        const nothing = document.getElementById('nothing');
        const filter = () => {
          const wanted = text.value.trim().toLowerCase();
          const status = document.querySelector('input[name=show]:checked').value;
          let shown = 0;
          const alive = new Set();
          for (const item of items) {
            const fits = (status === 'all' || status === item.status) && item.words.includes(wanted);
            if (item.element.hidden === fits) item.element.hidden = !fits;
            if (fits) {
              shown += 1;
              alive.add(item.element.closest('section'));
            }
          }
          sections.forEach(section => { section.hidden = !alive.has(section); });
          nothing.hidden = shown > 0;
          count.textContent = shown === items.length ? ''
            : shown.toLocaleString('en') + ' of ' + items.length.toLocaleString('en');
        };
        text.addEventListener('input', filter);
        document.querySelectorAll('input[name=show]').forEach(
          input => input.addEventListener('change', filter));
        filter();
      }
      root.dataset.ready = 'yes';
    });
  })();
  """
